/** The style sheet of dissection reports, on top of that of all reports. */
export const dissectionStyle = `
main { max-width: 84rem; padding-top: 1.75rem; }
h1 { margin-bottom: 1rem; }
h3 { margin: 0; font-size: 1.05rem; line-height: 1.3; overflow-wrap: anywhere; }
svg { max-width: none; }
.charts { display: flex; flex-wrap: wrap; gap: 0.5rem 3rem; }
.charts figure, .chart { padding: 0; background: none; }
.charts figcaption { width: auto; margin: 0 0 0.5rem; }
.chart { margin: 0.5rem 0; overflow-x: auto; }
.layer, #units-section { border: 0; }
.beside { display: flex; flex-wrap: wrap; gap: 0 3rem; }
.beside > div { min-width: 0; }
.beside > :first-child { flex: 0 1 36rem; }
.layer h2 { border: 0; padding: 0; margin: 1.5rem 0 0.5rem; }
.summary b { font-size: 1.15em; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--quiet); }
@media (min-width: 48rem) { #controls { position: sticky; top: 0; z-index: 1; } }
#controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1.25rem;
  margin: 1.5rem 0 0.75rem; padding: 0.75rem 0; background: var(--page); border-bottom: 1px solid var(--line); }
label { display: inline-flex; align-items: center; gap: 0.4rem; color: var(--quiet); font-size: 0.9375rem; }
input, select, button { font: inherit; color: var(--ink); }
input[type="search"], select, button { padding: 0.3rem 0.6rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--panel); }
input[type="search"] { width: 16rem; max-width: 100%; }
button { cursor: pointer; }
button:disabled { cursor: default; opacity: 0.45; }
:focus-visible { outline: 2px solid light-dark(#2563c9, #8ab4ff); outline-offset: 2px; }
#status { margin: 0 0 0.75rem; color: var(--quiet); font-size: 0.9375rem; }
#sheets { display: flex; gap: 0.6rem; margin: 1.25rem 0; }
[hidden] { display: none !important; }
#units { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(23rem, 100%), 1fr)); gap: 1rem; align-items: start; }
#units > .scroll { grid-column: 1 / -1; margin: 0; }
.card { padding: 0.8rem 0.9rem; border-radius: 0.5rem; border-top: 3px solid var(--category); background: var(--panel);
  content-visibility: auto; contain-intrinsic-size: auto 17rem; }
.card header { display: flex; align-items: baseline; gap: 0.5rem; }
.category { color: var(--quiet); font-size: 0.875rem; }
.unit { margin-left: auto; white-space: nowrap; color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.numbers { margin: 0.15rem 0 0.4rem; color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.numbers b { color: var(--ink); font-weight: 600; }
.meter { height: 4px; margin-bottom: 0.6rem; border-radius: 2px; background: var(--line); }
.meter i { display: block; height: 100%; max-width: 100%; border-radius: 2px; background: var(--category); }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.2rem, 1fr)); gap: 3px; width: 100%; min-height: 4.2rem;
  padding: 0; border: 0; background: none; cursor: zoom-in; }
.masked { display: block; width: 100%; height: auto; border-radius: 0.2rem; }
.few image { image-rendering: pixelated; }
.shade { fill: #000; fill-opacity: 0.8; shape-rendering: crispEdges; }
.others { display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; margin: 0.6rem 0 0; padding: 0; list-style: none;
  color: var(--quiet); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.others li::before { content: ''; display: inline-block; width: 0.5rem; height: 0.5rem; margin-right: 0.35rem; border-radius: 50%; background: var(--category); }
.card.quiet { border-top-color: var(--line); }
.card.quiet h3, tr.quiet td { color: var(--quiet); font-weight: 400; }
.card.quiet .masked { filter: grayscale(1); }
.card.quiet .meter i, .card.quiet li::before { background: var(--quiet); }
tbody th { color: inherit; font-weight: 400; }
dialog { width: min(70rem, 94vw); max-height: 92vh; padding: 1.25rem; border: 1px solid var(--line); border-radius: 0.6rem;
  background: var(--page); color: var(--ink); }
dialog::backdrop { background: rgb(0 0 0 / 0.55); }
dialog header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.25rem; }
dialog h2 { margin: 0 auto 0 0; padding: 0; border: 0; }
.large { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0.75rem; margin-top: 1rem; }
.whole .shade { display: none; }
@media print { #controls, #sheets { display: none; } .card { break-inside: avoid; } }
`;
