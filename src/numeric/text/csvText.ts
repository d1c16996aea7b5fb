import { csvFormatRows } from 'd3-dsv';

/**
 * Lines of CSV. Text that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-`, `@`, a tab or a
 * line end, gets a `'` before it; numbers stay as they are.
 *
 * Source: OWASP, "CSV injection".
 */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return csvFormatRows(rows.map((row) => row.map((cell) => (typeof cell === 'number' ? `${cell}` : inert(cell)))));
}

function inert(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}
