/** A table in Markdown: text to the left in the first column, to the right in the others, all cells of a column of one width. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[0] as number) : text.padStart(widths[column] as number);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(columns.map(cell)), line(rule), ...rows.map((row) => line(row.map(cell)))].join('\n');
}
