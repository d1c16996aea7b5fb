/** The style sheet of pages of activation atlases, on top of that of all reports. */
export const atlasStyle = `
main { max-width: 60rem; }
#controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1.25rem; margin: 1rem 0 0.75rem; }
label { display: inline-flex; align-items: center; gap: 0.4rem; color: var(--quiet); font-size: 0.9375rem; }
input, select, button { font: inherit; color: var(--ink); }
select, button { padding: 0.3rem 0.7rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--panel); }
select { max-width: 14rem; }
button { cursor: pointer; }
#controls [role="group"] button + button { margin-left: 0.3rem; }
:focus-visible { outline: 2px solid light-dark(#2563c9, #8ab4ff); outline-offset: 2px; }
[hidden] { display: none !important; }
#map { position: relative; width: min(100%, 78vh); aspect-ratio: 1; overflow: hidden; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--panel); touch-action: pan-y; user-select: none; }
#map.near { cursor: grab; touch-action: none; }
#map.near.moving { cursor: grabbing; }
#plane { position: absolute; inset: 0; transform-origin: 0 0; }
.cell { position: absolute; width: calc(100% / var(--grid)); height: calc(100% / var(--grid)); }
.icon { position: absolute; inset: 0; margin: auto; width: calc(94% * max(0.35, var(--share))); height: calc(94% * max(0.35, var(--share))); border-radius: 10%; background-size: var(--sheet); transition: opacity 0.15s; }
#map.alike .icon { width: 94%; height: 94%; }
.cell.quiet .icon { opacity: 0.12; }
.cell.found .icon { outline: calc(3px / var(--zoom, 1)) solid light-dark(#c2410c, #fb923c); }
.label { position: absolute; left: 50%; bottom: 2%; max-width: calc(11rem / var(--zoom, 1)); padding: 0.05em 0.35em; transform: translateX(-50%); border-radius: 0.3em; background: light-dark(#ffffffdd, #15171bdd); font-size: calc(0.75rem / var(--zoom, 1)); line-height: 1.3; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; visibility: hidden; pointer-events: none; z-index: 1; }
.label.shown { visibility: visible; }
.label:empty { display: none; }
#status { color: var(--quiet); font-size: 0.9375rem; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--quiet); }
.find { padding: 0.1rem 0.6rem; }
`;
