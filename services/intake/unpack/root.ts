/** The project's root: many archives wrap the project in one folder (as those of code hosting sites do). */

/**
 * Drops the top folder if every file is in it, once, so that `project-main/model.py` is `model.py`. A top folder that holds
 * `__init__.py` is a Python package, which its own files may import by that name: it stays.
 */
export function stripTopFolder<T>(files: ReadonlyMap<string, T>): Map<string, T> {
  const [first] = files.keys();
  const slash = first?.indexOf('/') ?? -1;
  if (first === undefined || slash < 0) return new Map(files);
  const top = first.slice(0, slash + 1);
  const isCommon = [...files.keys()].every((path) => path.startsWith(top));
  if (!isCommon || files.has(`${top}__init__.py`)) return new Map(files);
  return new Map([...files].map(([path, content]) => [path.slice(top.length), content]));
}
