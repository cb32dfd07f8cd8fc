/** A few shapes of SVG, as text. Lengths are in pixels. */

/** Decimals of coordinates: enough to look right, few enough to compare as text. */
const place = (value: number): string => value.toFixed(1);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashed = false): string {
  const dashes = dashed ? ' stroke-dasharray="4 3"' : '';
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" stroke="${colour}"${dashes}/>`;
}

export function dot(x: number, y: number, colour: string, title: string): string {
  return `<circle cx="${place(x)}" cy="${place(y)}" r="4" fill="${colour}"><title>${escaped(title)}</title></circle>`;
}

export type Anchor = 'start' | 'middle' | 'end';

export function label(x: number, y: number, text: string, anchor: Anchor = 'start', size = 11): string {
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}" font-size="${size}">${escaped(text)}</text>`;
}

/** A whole picture on white, so that it can be read on a dark page too. */
export function picture(width: number, height: number, title: string, shapes: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" fill="#222">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

/** Maps a range of values onto a range of pixels. */
export type Axis = (value: number) => number;

export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Axis {
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}
