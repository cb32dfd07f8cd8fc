/** Trees of lines, drawn for people. */
export interface Tree {
  readonly text: string;
  readonly children?: readonly Tree[];
}

/** Lines of a tree: children below their parent, joined to it. */
export function treeLines({ text, children = [] }: Tree): readonly string[] {
  const below = children.flatMap((child, at) => {
    const last = at === children.length - 1;
    const [head = '', ...rest] = treeLines(child);
    return [`${last ? '└─' : '├─'} ${head}`, ...rest.map((line) => `${last ? '  ' : '│ '} ${line}`)];
  });
  return [text, ...below];
}
