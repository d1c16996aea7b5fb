/** The style sheet of pages of semantic dictionaries, on top of that of all reports. */
export const dictionaryStyle = `
:root { --mark: light-dark(#c2410c, #fb923c); --bar: light-dark(#3b6fb6, #7aa7e0); }
.dictionary { display: flex; flex-wrap: wrap; gap: 1.25rem 2rem; align-items: flex-start; }
.dictionary > section { flex: 1 1 19rem; min-width: 0; }
#photo { position: relative; flex: 0 1 32rem; min-width: min(100%, 18rem); cursor: crosshair; touch-action: pan-y pinch-zoom; user-select: none; }
#photo img { width: 100%; border-radius: 0.5rem; }
#marks { position: absolute; inset: 0; width: 100%; height: 100%; image-rendering: pixelated; pointer-events: none; border-radius: 0.5rem; }
#frame { position: absolute; border: 2px solid #fff; border-radius: 3px; box-shadow: 0 0 0 2px var(--mark); pointer-events: none; }
:focus-visible { outline: 2px solid light-dark(#2563c9, #8ab4ff); outline-offset: 2px; }
#place { margin: 0 0 0.75rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
#words { margin: 0; padding: 0; list-style: none; }
#words li { display: grid; grid-template-columns: 10.5rem minmax(3rem, 1fr) 3.5rem; align-items: center; gap: 0.25rem 0.75rem; margin-bottom: 0.6rem; }
#words button { display: flex; align-items: center; gap: 0.6rem; width: 100%; padding: 0.25rem 0.6rem 0.25rem 0.25rem; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--panel); color: var(--ink); font: inherit; text-align: left; cursor: pointer; }
#words button[aria-pressed="true"] { border-color: var(--mark); }
#words button > span:last-child { padding-left: 0.35rem; overflow-wrap: anywhere; }
.icon { flex: none; width: 4.5rem; aspect-ratio: 1; border-radius: 0.4rem; background-color: var(--line); }
.bar { height: 0.6rem; border-radius: 0.3rem; background: var(--line); }
.bar i { display: block; height: 100%; border-radius: 0.3rem; background: var(--bar); }
`;
