// A case's page: pictures that are zoomed, turned and compared, and keys for everything. Without it the page still works.
"use strict";
(() => {
  const root = document.querySelector("[data-keys=case]");
  if (!root) return;
  const views = [...root.querySelectorAll(".view")];
  const area = root.querySelector(".views");
  const state = views.map((view) => ({ turned: Number(view.dataset.rotation), zoom: 1, box: null }));
  let current = 0;
  let beside = false;

  const size = (view) => (view.dataset.size || "").split(",").map(Number);
  const draw = (number) => {
    const view = views[number];
    const svg = view.querySelector("svg");
    if (!svg) return;
    const image = svg.querySelector("image");
    if (!image.getAttribute("href")) image.setAttribute("href", image.dataset.href);
    const [width, height] = size(view);
    const { turned, zoom, box } = state[number];
    svg.querySelector(".turned").setAttribute("transform", `rotate(${turned} ${width / 2} ${height / 2})`);
    const across = turned % 180 !== 0;
    const [wide, high] = across ? [height, width] : [width, height];
    let [x, y] = [width / 2, height / 2];
    let [shownWide, shownHigh] = [wide, high];
    if (box) {
      const [left, top, right, bottom] = box;
      const angle = (turned * Math.PI) / 180;
      const [dx, dy] = [(left + right) / 2 - width / 2, (top + bottom) / 2 - height / 2];
      x += dx * Math.cos(angle) - dy * Math.sin(angle);
      y += dx * Math.sin(angle) + dy * Math.cos(angle);
      const span = Math.max(across ? bottom - top : right - left, (across ? right - left : bottom - top) * 3, 60) * 2.5;
      shownWide = Math.min(wide, span);
      shownHigh = (shownWide * high) / wide;
    }
    shownWide /= zoom;
    shownHigh /= zoom;
    svg.setAttribute("viewBox", `${x - shownWide / 2} ${y - shownHigh / 2} ${shownWide} ${shownHigh}`);
  };
  const show = (number, box = null) => {
    current = (number + views.length) % views.length;
    if (box !== null) Object.assign(state[current], { box, zoom: 1 });
    const other = beside ? (current + 1) % views.length : current;
    views.forEach((view, at) => { view.hidden = at !== current && at !== other; });
    root.querySelectorAll("[data-go-page]").forEach((button) => {
      button.toggleAttribute("aria-current", Number(button.dataset.goPage) === current);
    });
    [current, other].forEach(draw);
  };
  const toggle = (button, name) => {
    const on = area.classList.toggle(name);
    button.setAttribute("aria-pressed", String(on));
  };
  const tools = {
    in: () => { state[current].zoom *= 1.5; draw(current); },
    out: () => { state[current].zoom = Math.max(1, state[current].zoom / 1.5); draw(current); },
    whole: () => { Object.assign(state[current], { zoom: 1, box: null }); draw(current); },
    turn: () => { state[current].turned = (state[current].turned + 90) % 360; draw(current); },
    contrast: (button) => toggle(button, "contrast"),
    invert: (button) => toggle(button, "invert"),
    boxes: (button) => button.setAttribute("aria-pressed", String(!area.classList.toggle("no-boxes"))),
    beside: (button) => {
      beside = !beside;
      button.setAttribute("aria-pressed", String(beside));
      area.classList.toggle("beside", beside);
      show(current);
    },
  };
  root.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    if (tool) tools[tool.dataset.tool](tool);
    const page = event.target.closest("[data-go-page]");
    if (page) show(Number(page.dataset.goPage));
    const place = event.target.closest(".go");
    if (place) show(Number(place.dataset.page), place.dataset.box ? place.dataset.box.split(",").map(Number) : null);
  });
  // Whoever comes to a field sees its place; its crops know where that is.
  const look = (row) => {
    const place = row.querySelector("[data-place]");
    if (place) show(Number(place.dataset.page), place.dataset.place.split(",").map(Number));
  };
  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("fieldset[data-row]");
    if (row) look(row);
  });

  const rows = () => [...root.querySelectorAll("[data-row]")];
  const entry = (row) => (row.matches("input") ? row : row.querySelector("input:checked") || row.querySelector("input"));
  const onward = (from) => {
    const all = rows();
    const at = from ? all.indexOf(from) : -1;
    const next = all[at + 1];
    if (next) entry(next).focus();
    else root.querySelector("[data-key=a]")?.focus();
  };
  const typing = (target) => target.matches("textarea, select, input[type=text], input[type=search]");
  const choose = (row, digit) => {
    const option = row.querySelector(`[data-digit="${digit}"]`);
    if (!option || option.disabled) return false;
    option.checked = true;
    option.dispatchEvent(new Event("change", { bubbles: true }));
    if (option.value === "typed") row.querySelector("input[type=text]").focus();
    else option.focus();
    return true;
  };
  const press = (key) => {
    const found = root.querySelector(`[data-key="${key}"]`);
    if (!found || found.disabled) return false;
    if (found.matches("[data-tool], #show")) found.click();
    else if (found.matches("input[type=radio]")) { found.checked = true; found.focus(); }
    else found.focus();
    return true;
  };
  const switched = () => root.querySelector("#keys-on")?.checked !== false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !switched()) return;
    const row = event.target.closest?.("[data-row]");
    if (event.key === "Enter" && row && !event.target.matches("button")) {
      event.preventDefault();
      onward(row);
      return;
    }
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (typing(event.target)) return;
    const key = event.key.toLowerCase();
    let done = false;
    if (/^[1-9]$/.test(key)) done = (row && choose(row, key)) || press(key);
    else if (key === "n") { onward(row || null); done = true; }
    else if (key === "[" || key === "]") { show(current + (key === "]" ? 1 : -1)); done = true; }
    else if (key.length === 1) done = press(key);
    if (done) event.preventDefault();
  });
  const typed = (event) => {
    const field = event.target.closest("input[name^='typed.']");
    const option = field && field.closest("[data-row]").querySelector("[value=typed]");
    if (option) option.checked = true;
  };
  root.addEventListener("input", typed);

  const begin = () => {
    const wrong = root.querySelector("#stumbles");
    if (wrong) wrong.focus();
    else onward(null);
  };
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "sheet" || event.detail.elt.id === "sheet") begin();
  });
  if (views.length) show(0);
  if (root.querySelector("#show")) root.querySelector("#show").focus();
  else begin();
})();
