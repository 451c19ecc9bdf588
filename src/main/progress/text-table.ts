/** Plain text in columns, for terminals and logs. */

const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;
const withoutWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;
// Names come from databases: what would move the cursor or end the line is shown as a mark.
const control = /[\p{Cc}\u2028\u2029]/gu;

const widthOf = (character: string) => (withoutWidth.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** Columns that the text takes on a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** Exactly `width` columns: cut with an ellipsis, or padded. Control characters become U+FFFD. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clean = cutText(text, width);
  const padding = ' '.repeat(Math.max(0, width - textWidth(clean)));
  return align === 'left' ? clean + padding : padding + clean;
}

/** At most `width` columns. */
export function cutText(text: string, width: number): string {
  const clean = text.replace(control, '\uFFFD');
  if (textWidth(clean) <= width) return clean;
  let kept = '';
  let used = 0;
  for (const character of clean) {
    used += widthOf(character);
    if (used > width - 1) break;
    kept += character;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Lines of at most `width` columns, broken at blanks; a longer word stands alone. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Widest allowed; longer texts are cut. Default: as wide as the widest text. */
  readonly maxWidth?: number;
}

/** Lines without trailing blanks: titles, a rule, the rows. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title, maxWidth = Number.POSITIVE_INFINITY }, index) =>
    Math.min(maxWidth, Math.max(textWidth(title), ...rows.map((row) => textWidth(row[index] ?? '')))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => fitText(cells[index] ?? '', widths[index]!, align))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map(line),
  ];
}
