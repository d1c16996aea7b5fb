/** A number with three significant digits, as tables and colour bars show it: `0.0123`, `−4.5`, `1.2e−7`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value).replace('-', '−');
  const magnitude = Math.abs(value);
  const plain = magnitude >= 1e-3 && magnitude < 1e6;
  const text = plain ? String(Number(value.toPrecision(3))) : shortExponential(value);
  return text.replaceAll('-', '−');
}

function shortExponential(value: number): string {
  return value.toExponential(2).replace(/\.?0*e\+?/, 'e');
}
