// Bundled from page/dictionary.ts by `tsx scripts/build-report-script.ts`. A function of this module turned into text would
// not do: whoever bundles or minifies the library renames what it refers to, and adds helpers that a page lacks.
export const dictionaryScript: string = `"use strict";
(() => {
  function element(name, attributes = {}, children = []) {
    return filled(document.createElement(name), attributes, children);
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

  var data = JSON.parse(document.getElementById("data")?.textContent ?? "");
  var [photo, frame, place, words] = ["photo", "frame", "place", "words"].map(
    (id) => document.getElementById(id)
  );
  var marks = document.getElementById("marks").getContext("2d");
  var { rows, columns, count } = data;
  var [row, column] = data.start;
  var pressed;
  photo.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") lookUnder(event);
  });
  photo.addEventListener("pointerdown", lookUnder);
  photo.addEventListener("keydown", (event) => {
    const steps = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1]
    };
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    look(row + step[0], column + step[1]);
  });
  show();
  function lookUnder({ clientX, clientY }) {
    const { left, top, width, height } = photo.getBoundingClientRect();
    look(Math.floor((clientY - top) / height * rows), Math.floor((clientX - left) / width * columns));
  }
  function look(toRow, toColumn) {
    const [nextRow, nextColumn] = [within(toRow, rows), within(toColumn, columns)];
    if (nextRow === row && nextColumn === column) return;
    [row, column] = [nextRow, nextColumn];
    show();
  }
  function within(index, length) {
    return Math.min(Math.max(index, 0), length - 1);
  }
  function show() {
    Object.assign(frame.style, { left: \`\${100 * column / columns}%\`, top: \`\${100 * row / rows}%\` });
    place.textContent = \`Row \${row}, column \${column}\`;
    const first = (row * columns + column) * count;
    words.replaceChildren(
      ...Array.from({ length: count }, (_, i) => word(data.units[first + i], data.values[first + i]))
    );
  }
  function word(unit, value) {
    const name = data.names[unit] ?? \`unit \${unit}\`;
    const button = element("button", { type: "button", "aria-pressed": \`\${unit === pressed}\` }, [
      ...data.icons ? [icon(unit)] : [],
      element("span", {}, [name])
    ]);
    button.title = \`Where \${name} is among the most active\`;
    button.addEventListener("pointerenter", () => mark(unit));
    button.addEventListener("pointerleave", () => mark(pressed));
    button.addEventListener("focus", () => mark(unit));
    button.addEventListener("blur", () => mark(pressed));
    button.addEventListener("click", () => {
      pressed = pressed === unit ? void 0 : unit;
      for (const other of words.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", \`\${pressed === unit}\`);
      mark(pressed);
    });
    const width = data.most > 0 ? Math.max(0, 100 * value / data.most) : 0;
    return element("li", {}, [
      button,
      element("b", { class: "bar" }, [element("i", { style: \`width:\${width}%\` })]),
      element("span", { class: "number" }, [formatNumber(value)])
    ]);
  }
  function icon(unit) {
    const icons = data.icons;
    const found = icons.places[unit];
    if (!found) return element("span", { class: "icon", style: "background-image:none" });
    const share = (index, length) => length > 1 ? 100 * index / (length - 1) : 0;
    const [x, y] = [share(found[0], icons.columns), share(found[1], icons.rows)];
    const style = \`background-size:\${100 * icons.columns}% \${100 * icons.rows}%;background-position:\${x}% \${y}%\`;
    return element("span", { class: "icon", style });
  }
  function mark(unit) {
    marks.clearRect(0, 0, columns, rows);
    if (unit === void 0) return;
    const shares = Array.from({ length: rows * columns }, (_, position) => {
      const own = data.units.slice(position * count, (position + 1) * count).indexOf(unit);
      return own < 0 ? 0 : data.values[position * count + own];
    });
    const most = Math.max(...shares) || 1;
    shares.forEach((value, position) => {
      marks.fillStyle = \`rgba(0, 0, 0, \${0.75 * (1 - value / most)})\`;
      marks.fillRect(position % columns, Math.floor(position / columns), 1, 1);
    });
  }
})();
`;
