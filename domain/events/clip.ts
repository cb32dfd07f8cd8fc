/**
 * The first `length` UTF-16 code units of `text`, as an event can hold them: what is no character, and half of one that is cut in two, becomes
 * a replacement character.
 */
export function clip(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
