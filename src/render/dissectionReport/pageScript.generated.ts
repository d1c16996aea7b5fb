// Bundled from page/main.ts by `tsx scripts/build-report-script.ts`. A function of this module turned into text would
// not do: whoever bundles or minifies the library renames what it refers to, and adds helpers that a page lacks.
export const pageScript: string = `"use strict";
(() => {
  function sortedUnits(units, order2, categories) {
    if (order2 === "unit") return sortedBy(units, ({ unit }) => [unit]);
    if (order2 === "score") return sortedBy(units, (unit) => [-score(unit), unit.unit]);
    const ranked = [...groupsOf(units)].sort(groupOrder);
    const ranks = new Map(ranked.map(([label], rank) => [label, rank]));
    return sortedBy(units, (unit) => {
      if (!unit.detector) return [1, 0, 0, -score(unit), unit.unit];
      const category = categories.indexOf(unit.matches[0]?.category ?? "");
      return [0, category, ranks.get(labelOf(unit)), -score(unit), unit.unit];
    });
  }
  function sortedBy(units, keyOf) {
    const keyed = units.map((unit) => ({ unit, key: keyOf(unit) }));
    keyed.sort((a, b) => {
      const place = a.key.findIndex((value, i) => value !== b.key[i]);
      return place < 0 ? 0 : a.key[place] - b.key[place];
    });
    return keyed.map(({ unit }) => unit);
  }
  function score({ matches }) {
    return matches[0]?.iou ?? 0;
  }
  function labelOf({ matches }) {
    return \`\${matches[0]?.concept} \${matches[0]?.category}\`;
  }
  function groupsOf(units) {
    const groups = /* @__PURE__ */ new Map();
    for (const unit of units) {
      if (!unit.detector) continue;
      const { count, best } = groups.get(labelOf(unit)) ?? { count: 0, best: 0 };
      groups.set(labelOf(unit), { count: count + 1, best: Math.max(best, score(unit)) });
    }
    return groups;
  }
  function groupOrder([a, one], [b, other]) {
    return other.count - one.count || other.best - one.best || (a < b ? -1 : 1);
  }
  function fitsQuery(unit, { text, detectorsOnly: detectorsOnly2 }) {
    if (detectorsOnly2 && !unit.detector) return false;
    const { concept = "", category = "" } = unit.matches[0] ?? {};
    const words = text.toLowerCase().split(/\\s+/).filter(Boolean);
    const described = \`unit \${concept} \${category}\`.toLowerCase();
    return words.every((word) => /^\\d+$/.test(word) && unit.unit === Number(word) || hasWord(described, word));
  }
  function hasWord(described, word) {
    return /^\\d+$/.test(word) ? described.split(/\\s+/).includes(word) : described.includes(word);
  }

  function maskPath(runs, width, height) {
    const holes = [];
    let end = 0;
    runs.forEach((length, i) => {
      let start = end;
      end += length;
      while (i % 2 === 1 && start < end) {
        const [row, column] = [Math.floor(start / width), start % width];
        const along = Math.min(width - column, end - start);
        holes.push(\`M\${column} \${row}h\${along}v1h-\${along}z\`);
        start += along;
      }
    });
    return \`M-1-1h\${width + 2}v\${height + 2}h-\${width + 2}z\${holes.join("")}\`;
  }

  function element(name, attributes = {}, children = []) {
    return filled(document.createElement(name), attributes, children);
  }
  function svgElement(name, attributes = {}, children = []) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  }
  function filled(made, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function formatNumber(value) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "\\u221E" : "\\u2212\\u221E";
    if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value).replace("-", "\\u2212");
    const magnitude = Math.abs(value);
    const plain = magnitude >= 1e-3 && magnitude < 1e6;
    const text = plain ? String(Number(value.toPrecision(3))) : shortExponential(value);
    return text.replaceAll("-", "\\u2212");
  }
  function shortExponential(value) {
    return value.toExponential(2).replace(/\\.?0*e\\+?/, "e");
  }

  function threeDecimals(value) {
    return value.toFixed(3);
  }
  function conceptOf({ matches }) {
    return matches[0]?.concept ?? "nothing labelled";
  }
  function activation(value) {
    return formatNumber(value);
  }

  function maskedImage({ mask }, { width, height, source }, label) {
    const few = width < 64 ? " few" : "";
    return svgElement(
      "svg",
      { viewBox: \`0 0 \${width} \${height}\`, class: \`masked\${few}\`, role: "img", "aria-label": label },
      [
        svgElement("image", { href: source, width: \`\${width}\`, height: \`\${height}\` }),
        svgElement("path", { d: maskPath(mask, width, height), "fill-rule": "evenodd", class: "shade" })
      ]
    );
  }
  function showEnlarged(dialog2, unit, { pictures }) {
    const title = dialog2.querySelector("h2");
    title.textContent = \`Unit \${unit.unit}: \${conceptOf(unit)}\`;
    const figures = unit.images.flatMap((image) => {
      const picture = pictures[image.image];
      if (!picture) return [];
      const caption = \`image \${image.image}, activation \${activation(image.activation)}\`;
      return [element("figure", {}, [maskedImage(image, picture, caption), element("figcaption", {}, [caption])])];
    });
    dialog2.querySelector(".large")?.replaceChildren(...figures);
    dialog2.showModal();
  }

  function unitCard(unit, { colors }, enlarge) {
    const [best, ...others] = unit.matches;
    const color = colors[best?.category ?? ""] ?? "transparent";
    const card = element("article", { class: unit.detector ? "card" : "card quiet", style: \`--category: \${color}\` }, [
      element("header", {}, [
        element("h3", {}, [conceptOf(unit)]),
        element("span", { class: "category" }, [\`\${best?.category ?? ""}\${unit.detector ? "" : " \\xB7 no detector"}\`]),
        element("span", { class: "unit" }, [\`unit \${unit.unit}\`])
      ]),
      element("p", { class: "numbers" }, [
        ...best ? [element("b", {}, [\`IoU \${threeDecimals(best.iou)}\`]), \` of at most \${threeDecimals(best.ceiling)} \\xB7 \`] : [],
        \`threshold \${activation(unit.threshold)}\`
      ])
    ]);
    if (best) {
      const width = 100 * best.iou / best.ceiling;
      const fill = element("i", { style: \`width: \${width.toFixed(1)}%\` });
      card.append(element("div", { class: "meter", "aria-hidden": "true" }, [fill]));
    }
    if (unit.images.length > 0) {
      const label = \`Top images of unit \${unit.unit}, enlarged\`;
      const strip = element("button", { type: "button", class: "strip", "aria-label": label });
      strip.addEventListener("click", () => enlarge(unit));
      card.append(strip);
    }
    if (others.length > 0) {
      const items = others.map(
        ({ concept, category, iou }) => element("li", { style: \`--category: \${colors[category]}\` }, [\`\${concept} (\${category}) \${threeDecimals(iou)}\`])
      );
      card.append(element("ul", { class: "others", "aria-label": "Best of the other categories" }, items));
    }
    return card;
  }
  function fillStrip(card, unit, { pictures }) {
    const strip = card.querySelector(".strip");
    if (!strip || strip.childElementCount > 0) return;
    for (const image of unit.images) {
      const picture = pictures[image.image];
      if (picture) strip.append(maskedImage(image, picture, \`image \${image.image}\`));
    }
  }

  var columns = ["unit", "concept", "category", "IoU", "ceiling", "threshold", "detector", "best of other categories"];
  var numeric = /* @__PURE__ */ new Set(["unit", "IoU", "ceiling", "threshold"]);
  function unitTable(units) {
    const head = columns.map((name) => element("th", { scope: "col", ...alignment(name) }, [name]));
    const table = element("table", {}, [
      element("thead", {}, [element("tr", {}, head)]),
      element("tbody", {}, units.map(unitRow))
    ]);
    return element("div", { class: "scroll" }, [table]);
  }
  function unitRow(unit) {
    const [best, ...others] = unit.matches;
    const cells = [
      \`\${unit.unit}\`,
      conceptOf(unit),
      best?.category ?? "",
      best ? threeDecimals(best.iou) : "",
      best ? threeDecimals(best.ceiling) : "",
      activation(unit.threshold),
      unit.detector ? "yes" : "no",
      others.map(({ concept, category, iou }) => \`\${concept} (\${category}) \${threeDecimals(iou)}\`).join(", ")
    ];
    return element(
      "tr",
      unit.detector ? {} : { class: "quiet" },
      cells.map(
        (cell, i) => i === 0 ? element("th", { scope: "row", class: "number" }, [cell]) : element("td", alignment(columns[i]), [cell])
      )
    );
  }
  function alignment(column) {
    return numeric.has(column) ? { class: "number" } : {};
  }

  var perSheet = { cards: 48, table: 200 };
  var data = JSON.parse(part("data").textContent ?? "");
  var [layer, order, view] = ["layer", "order", "view"].map((id) => part(id));
  var filter = part("filter");
  var detectorsOnly = part("detectors-only");
  var [previous, next] = [part("previous"), part("next")];
  var dialog = part("enlarged");
  var sheet = 0;
  var cards = /* @__PURE__ */ new Map();
  var nearby = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) fillStrip(target, cards.get(target), data);
      }
    },
    { rootMargin: "600px" }
  );
  for (const control of [layer, order, view, detectorsOnly]) control.addEventListener("change", () => show(0));
  filter.addEventListener("input", () => show(0));
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  part("controls").addEventListener("submit", (event) => event.preventDefault());
  part("close").addEventListener("click", () => dialog.close());
  part("shade").addEventListener("change", (event) => {
    dialog.classList.toggle("whole", !event.target.checked);
  });
  part("units-section").hidden = false;
  show(0);
  function turn(step) {
    show(sheet + step);
    part("units-section").scrollIntoView();
  }
  function show(at) {
    sheet = at;
    document.querySelectorAll(".layer").forEach((section, i) => {
      section.hidden = i !== layer.selectedIndex;
    });
    const all = data.layers[layer.selectedIndex]?.units ?? [];
    const query = { text: filter.value, detectorsOnly: detectorsOnly.checked };
    const found = sortedUnits(all, order.value, data.categories).filter((unit) => fitsQuery(unit, query));
    const size = view.value === "table" ? perSheet.table : perSheet.cards;
    const shown = found.slice(sheet * size, (sheet + 1) * size);
    previous.disabled = sheet === 0;
    next.disabled = (sheet + 1) * size >= found.length;
    part("sheets").hidden = previous.disabled && next.disabled;
    const range = shown.length < found.length ? \`\${sheet * size + 1} to \${sheet * size + shown.length} of \` : "";
    part("status").textContent = found.length === 0 ? "No unit fits." : \`\${range}\${found.length} \${found.length === 1 ? "unit" : "units"}\`;
    nearby.disconnect();
    cards.clear();
    part("units").replaceChildren(...view.value === "table" ? [unitTable(shown)] : shown.map(observedCard));
  }
  function observedCard(unit) {
    const card = unitCard(unit, data, (one) => showEnlarged(dialog, one, data));
    cards.set(card, unit);
    nearby.observe(card);
    return card;
  }
  function part(id) {
    return document.getElementById(id);
  }
})();
`;
