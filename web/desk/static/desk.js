// A page that nobody works on blanks itself and goes to where one signs in; one that somebody works on says so.
"use strict";
(() => {
  const idle = Number(document.body.dataset.idleSeconds) * 1000;
  if (!idle) return;
  const { alive, login } = document.body.dataset;
  const between = Math.min(60000, idle / 4);
  let last = Date.now();
  let told = last;

  const lock = () => {
    const here = location.pathname + location.search;
    document.title = "";
    document.body.replaceChildren();
    location.replace(`${login}?over=1&next=${encodeURIComponent(here)}`);
  };
  const look = () => {
    if (Date.now() - last >= idle) lock();
  };
  const tell = async () => {
    told = last;
    const answer = await fetch(alive, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") lock();
  };
  const worked = () => {
    look(); // the machine may have slept
    last = Date.now();
    if (last - told >= between) tell().catch(() => {}); // without a network the server locks by itself
  };
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    document.addEventListener(kind, worked, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // what the browser kept may be somebody else's
  });
  setInterval(look, 1000);
})();
