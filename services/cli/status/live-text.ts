/** Text on a terminal that is drawn again in its place. */

/** Returns what draws a text over the one before. What does not fit on the screen is cut: it could not be drawn over. */
export function liveText(
  out: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>,
): (text: string) => void {
  let drawn = 0;
  return (text) => {
    const width = Math.max(40, out.columns ?? 100);
    const height = Math.max(5, out.rows ?? 25);
    const lines = text
      .split('\n')
      .slice(0, height - 1)
      .map((line) => line.slice(0, width - 1));
    const clear = drawn === 0 ? '' : `\x1b[${drawn}A\x1b[0J`;
    out.write(`${clear}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
}
