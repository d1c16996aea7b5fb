/** What a page with a graph has besides the style of reports. */
export const diagramStyle = `
main { max-width: 90rem; }
.graph { position: relative; }
.graph > svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.graph > svg line { stroke: var(--mark); stroke-opacity: 0.55; stroke-width: 1.5; }
:root { --mark: light-dark(#c2410c, #fb923c); --bar: light-dark(#3b6fb6, #7aa7e0); }
.layer { margin: 0 0 2.5rem; }
.layer h2 { margin: 0 0 0.6rem; padding: 0; border: 0; font-size: 1rem; }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; }
.filter { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem; max-width: 14rem; }
.filter > span { color: var(--quiet); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.node { width: 0.85rem; height: 0.85rem; padding: 0; border: 2px solid transparent; border-radius: 50%; background: var(--bar); cursor: pointer; }
.node.chosen { border-color: var(--mark); background: var(--mark); opacity: 1 !important; }
.node.linked { border-color: var(--mark); opacity: 1 !important; }
.detail { position: sticky; bottom: 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--panel); }
.detail p { margin: 0 0 0.5rem; }
.detail button.to { margin: 0 0.3rem 0.3rem 0; padding: 0.1rem 0.5rem; border: 1px solid var(--line); border-radius: 1rem; background: none; color: inherit; font: inherit; font-size: 0.8125rem; cursor: pointer; }
.patches { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.patches canvas { width: 6rem; height: 6rem; object-fit: contain; border-radius: 0.25rem; background: var(--line); }
`;
