// A case's page: pictures that are zoomed, turned and compared, and keys for everything. Without it the page still works.
"use strict";
(() => {
  const root = document.querySelector("[data-keys=case]");
  if (!root) return;
  const views = [...root.querySelectorAll(".view")];
  const area = root.querySelector(".views");
  const state = views.map((view) => ({ turned: Number(view.dataset.rotation), zoom: 1, box: null, moved: [0, 0] }));
  let current = Math.max(0, views.findIndex((view) => !view.hidden));
  let beside = false;

  const size = (view) => (view.dataset.size || "").split(",").map(Number);
  const draw = (number) => {
    const view = views[number];
    const svg = view.querySelector("svg");
    if (!svg) return;
    const image = svg.querySelector("image");
    if (!image.getAttribute("href")) image.setAttribute("href", image.dataset.href);
    const [width, height] = size(view);
    const { turned, zoom, box, moved } = state[number];
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
    const within = (at, middle, reach) => Math.min(middle + reach / 2, Math.max(middle - reach / 2, at));
    const [atX, atY] = [within(x + moved[0] * shownWide, width / 2, wide), within(y + moved[1] * shownHigh, height / 2, high)];
    state[number].moved = [(atX - x) / shownWide, (atY - y) / shownHigh];
    [x, y] = [atX, atY];
    svg.setAttribute("viewBox", `${x - shownWide / 2} ${y - shownHigh / 2} ${shownWide} ${shownHigh}`);
  };
  const show = (number, box = null) => {
    current = (number + views.length) % views.length;
    if (box !== null) Object.assign(state[current], { box, zoom: 1, moved: [0, 0] });
    const other = beside ? (current + 1) % views.length : current;
    views.forEach((view, at) => { view.hidden = at !== current && at !== other; });
    root.querySelectorAll("[data-go-page]").forEach((button) => {
      if (Number(button.dataset.goPage) === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
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
    whole: () => { Object.assign(state[current], { zoom: 1, box: null, moved: [0, 0] }); draw(current); },
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
  // By parts of what is shown; never further than to an edge of the page.
  const move = (number, right, down) => {
    const { moved } = state[number];
    state[number].moved = [moved[0] + right, moved[1] + down];
    draw(number);
  };
  root.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    if (tool) tools[tool.dataset.tool](tool);
    const page = event.target.closest("[data-go-page]");
    if (page) show(Number(page.dataset.goPage));
    const place = event.target.closest(".go");
    if (place) show(Number(place.dataset.page), place.dataset.box ? place.dataset.box.split(",").map(Number) : null);
  });
  area?.addEventListener("pointermove", (event) => {
    const drawing = event.buttons === 1 && event.target.closest("svg");
    if (!drawing) return;
    const number = views.indexOf(drawing.closest(".view"));
    move(number, -event.movementX / drawing.clientWidth, -event.movementY / drawing.clientHeight);
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
    else if (all.length) root.querySelector("[data-key=a]")?.focus();
    else root.querySelector("#sheet").focus({ preventScroll: true }); // nothing is in doubt, and nothing is suggested
  };
  const typing = (target) => target.matches("textarea, select, input[type=text], input[type=search]");
  const pick = (option) => {
    option.checked = true;
    option.focus();
    option.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const choose = (row, digit) => {
    const option = row.querySelector(`[data-digit="${digit}"]`);
    if (!option || option.disabled) return false;
    pick(option);
    if (option.value === "typed") row.querySelector("input[type=text]").focus();
    return true;
  };
  const press = (key) => {
    const found = root.querySelector(`[data-key="${key}"]`);
    if (!found || found.disabled) return false;
    if (found.matches("[data-tool], #show")) found.click();
    else if (found.matches("input[type=radio]")) pick(found);
    else found.focus();
    return true;
  };
  // Where Enter leads from what somebody typed or chose, so that it never decides by itself.
  const leads = (target) => {
    const row = target.closest("[data-row]");
    if (row) return () => onward(row);
    const to = target.matches("#note") ? "a" : target.matches("#reason, #place") ? "b" : null;
    return to && (() => press(to));
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const act = (key, row) => {
    if (/^[1-9]$/.test(key)) return (row && choose(row, key)) || press(key);
    if (key === "n") onward(row);
    else if (key === "[" || key === "]") show(current + (key === "]" ? 1 : -1));
    else return key.length === 1 && press(key === "+" ? "=" : key);
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !target.closest) return;
    if (event.key === "Enter") {
      const onto = !event.repeat && switched() && !target.matches("button, a, summary") && leads(target);
      if (onto) onto();
      if (onto || event.repeat) event.preventDefault(); // a key that is held down presses once
      return;
    }
    if (!switched()) return;
    if (event.key === "Escape" && typing(target)) target.blur();
    if (typing(target)) return;
    const way = event.shiftKey && ARROWS[event.key];
    if (way) move(current, way[0] / 4, way[1] / 4);
    if (way || act(event.key.toLowerCase(), target.closest("[data-row]"))) event.preventDefault();
  });
  const typed = (event) => {
    const field = event.target.closest("input[name^='typed.']");
    const option = field && field.closest("[data-row]")?.querySelector("[value=typed]");
    if (option) option.checked = true;
  };
  root.addEventListener("input", typed);

  // Browsers that do not know method="dialog" would send the inputs to nowhere, in the address.
  root.addEventListener("submit", (event) => {
    if (event.target.matches("#inputs")) event.preventDefault();
  });
  // The button of a decision sends its own form, which takes along what the page holds; nothing else sends that.
  root.addEventListener("formdata", (event) => {
    if (!event.target.matches("form.decides")) return;
    new FormData(root.querySelector("#inputs")).forEach((value, name) => event.formData.append(name, value));
  });

  // Whether single keys are used is remembered in this browser; it says nothing of anybody.
  const KEYS = "desk-keys";
  const switched = () => localStorage.getItem(KEYS) !== "off";
  const tick = () => {
    const box = root.querySelector("#keys-on");
    if (box) box.checked = switched();
  };
  root.addEventListener("change", (event) => {
    if (event.target.matches("#keys-on")) localStorage.setItem(KEYS, event.target.checked ? "on" : "off");
  });
  const begin = () => {
    tick();
    const wrong = root.querySelector("#stumbles");
    if (wrong) wrong.focus();
    else onward(null);
  };
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "sheet" || event.detail.elt.id === "sheet") begin();
  });
  if (views.length) show(current);
  tick();
  if (root.querySelector("#show")) root.querySelector("#show").focus();
  else begin();
})();
