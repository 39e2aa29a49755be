"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element("data").textContent);
  const audios = { session: element("session"), gentler: element("gentler"), closing: element("closing") };

  // How long what sounds takes to fade, in milliseconds.
  const FADE = { pause: 800, resume: 400, jump: 300, leave: 2000, stop: 100 };
  // A resume goes back to this long before the pause, in seconds, so that no word is heard only while it fades.
  const REWIND = 0.3;
  // Within this time after a part's start, in seconds, "back" leads to the part before.
  const BACK = 2;

  // What is heard: one of the audios. "leaving" is true while the session fades before its closing.
  let programme = "session";
  let isPlaying = false;
  let leaving = false;
  let hasEnded = false;
  let hasBegun = false;
  // Where the session goes on after the gentler moment, in seconds.
  let resumeAt = 0;
  // Where what is heard was last started: a pause never rewinds beyond it.
  let startedAt = 0;
  // Where a jump that is under way leads; further jumps count from there.
  let target = null;
  // Each wish takes the place of the one before: what an older one still waits for is dropped.
  let wish = 0;

  const active = () => audios[programme];
  const say = (text) => { element("status").textContent = text; };
  const failed = () => {
    isPlaying = false;
    say("This browser can't play the sound of this page. A newer one can.");
    update();
  };

  // Moves the volume evenly. Resolves to whether it got there before another wish.
  function fade(audio, to, milliseconds) {
    const own = wish;
    const from = audio.volume;
    const began = performance.now();
    const length = Math.max(1, milliseconds * Math.abs(to - from));
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const part = Math.min(1, (performance.now() - began) / length);
        if (own === wish) audio.volume = Math.min(1, Math.max(0, from + (to - from) * part));
        if (own !== wish || part >= 1) {
          clearInterval(timer);
          resolve(own === wish);
        }
      }, 20);
    });
  }

  // Starts an audio from silence.
  async function start(name, at, milliseconds) {
    programme = name;
    const own = wish;
    const audio = active();
    if (at !== null) {
      audio.currentTime = at;
      startedAt = at;
    }
    if (audio.paused) {
      audio.volume = 0;
      startedAt = audio.currentTime;
    }
    isPlaying = true;
    update();
    try {
      await audio.play();
    } catch (error) {
      if (own === wish && error.name !== "AbortError") failed();
      return;
    }
    if (own === wish) await fade(audio, 1, milliseconds);
  }

  // Some browsers play only what a press of a button has started: the passages are started once, unheard, with the session.
  function unlock() {
    if (hasBegun) return;
    hasBegun = true;
    for (const audio of [audios.gentler, audios.closing]) {
      audio.muted = true;
      audio.play().then(() => {
        if (active() !== audio) {
          audio.pause();
          audio.currentTime = 0;
        }
        audio.muted = false;
      }, () => { audio.muted = false; });
    }
  }

  function caption(name, time) {
    return data[name].findLast((line) => line.start <= time && time < line.end);
  }

  async function pause() {
    wish += 1;
    isPlaying = false;
    say("Paused.");
    update();
    const audio = active();
    const at = audio.currentTime;
    const line = caption(programme, at);
    if (await fade(audio, 0, FADE.pause)) {
      audio.pause();
      audio.currentTime = Math.max(line ? line.start : 0, startedAt, at - REWIND);
    }
  }

  function resume() {
    wish += 1;
    unlock();
    say(programme === "gentler" ? "A gentler moment." : programme === "closing" ? "The closing." : "");
    const at = hasEnded ? 0 : null;
    leaving = false;
    hasEnded = false;
    start(programme, at, FADE.resume);
  }

  function toggle() {
    if (leaving || hasEnded || !isPlaying) resume();
    else pause();
  }

  // Leads to another place of the session, in seconds.
  async function jump(to) {
    if (programme === "closing" || leaving) return;
    wish += 1;
    if (programme === "gentler") {
      resumeAt = to;
      await endGentler();
      return;
    }
    hasEnded = false;
    const audio = audios.session;
    const end = Math.max(0, data.seconds - 0.1);
    target = Math.min(end, Math.max(0, to));
    if (audio.paused) {
      audio.currentTime = target;
      target = null;
      update();
      return;
    }
    if (await fade(audio, 0, FADE.jump)) {
      const at = target;
      target = null;
      start("session", at, FADE.jump);
    }
  }

  const place = () => target ?? audios.session.currentTime;

  function seek(seconds) {
    if (programme === "session") jump(place() + seconds);
  }

  function next() {
    if (programme === "gentler") {
      jump(resumeAt);
      return;
    }
    const now = place();
    const part = data.parts.find((start) => start > now + 0.01);
    jump(part ?? data.seconds);
  }

  function back() {
    if (programme === "gentler") {
      soften();
      return;
    }
    const now = place();
    const parts = data.parts.filter((start) => start <= now);
    const current = parts.length - 1;
    jump(parts[now - parts[current] < BACK && current > 0 ? current - 1 : current] ?? 0);
  }

  function chapter(step) {
    const now = place();
    const current = data.chapters.findLastIndex((start) => start <= now + 0.01);
    if (step > 0) {
      if (current + 1 < data.chapters.length) jump(data.chapters[current + 1]);
    } else {
      const isEarly = current > 0 && now - data.chapters[current] < BACK;
      jump(data.chapters[isEarly ? current - 1 : current] ?? 0);
    }
  }

  async function soften() {
    if (programme === "closing" || leaving || hasEnded || !hasBegun) return;
    wish += 1;
    const audio = active();
    if (programme === "session") {
      const now = place();
      const line = caption("session", now);
      resumeAt = line && line.spoken ? line.start : now;
      target = null;
    }
    say("A gentler moment. The session goes on after it.");
    if (!audio.paused && !(await fade(audio, 0, FADE.pause))) return;
    audio.pause();
    start("gentler", 0, FADE.jump);
  }

  async function endGentler() {
    const own = wish;
    say("");
    if (!audios.gentler.paused && !(await fade(audios.gentler, 0, FADE.jump))) return;
    audios.gentler.pause();
    if (own === wish) start("session", resumeAt, FADE.resume);
  }

  async function leave() {
    if (hasEnded || !hasBegun) return;
    wish += 1;
    if (programme === "closing" || leaving) {
      await stop();
      return;
    }
    leaving = true;
    target = null;
    say("Leaving gently. Once more stops at once.");
    update();
    const audio = active();
    if (!audio.paused && !(await fade(audio, 0, FADE.leave))) return;
    audio.pause();
    leaving = false;
    start("closing", 0, FADE.stop);
  }

  async function stop() {
    const audio = active();
    if (!audio.paused && !(await fade(audio, 0, FADE.stop))) return;
    finish("Stopped.");
  }

  function finish(words) {
    wish += 1;
    for (const audio of Object.values(audios)) audio.pause();
    programme = "session";
    isPlaying = false;
    leaving = false;
    hasEnded = true;
    say(words);
    update();
  }

  function clock(seconds) {
    const whole = Math.floor(seconds);
    const parts = [Math.floor(whole / 60) % 60, whole % 60];
    const hours = Math.floor(whole / 3600);
    const two = (number) => String(number).padStart(2, "0");
    return hours > 0 ? `${hours}:${two(parts[0])}:${two(parts[1])}` : `${parts[0]}:${two(parts[1])}`;
  }

  const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };

  // Shows what is heard now.
  function update() {
    const time = active().currentTime;
    const line = hasEnded ? undefined : caption(programme, time);
    set(element("caption"), hasBegun && line ? line.text : "");
    set(element("toggle"), hasEnded ? "Begin again" : !hasBegun ? "Begin" : leaving ? "Stay" : isPlaying ? "Pause" : "Go on");
    const inClosing = programme === "closing";
    element("soften").disabled = inClosing || leaving || hasEnded || !hasBegun;
    element("leave").disabled = hasEnded || !hasBegun;
    element("next").disabled = inClosing || leaving;
    element("back").disabled = inClosing || leaving;
    element("place").disabled = inClosing || leaving || programme === "gentler";
    if (programme === "session") {
      const now = place();
      const words = `${clock(now)} of ${clock(data.seconds)}`;
      set(element("time"), words);
      // A screen reader reads each change of what has the focus.
      if (document.activeElement !== element("place")) showPlace(now);
      const current = data.chapters.findLastIndex((start) => start <= now + 0.01);
      chapterButtons.forEach((button, index) => {
        if (index === current) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      });
    }
  }

  function showPlace(seconds) {
    const slider = element("place");
    const whole = String(Math.floor(seconds));
    if (slider.value === whole && slider.hasAttribute("aria-valuetext")) return;
    slider.value = whole;
    slider.setAttribute("aria-valuetext", `${clock(seconds)} of ${clock(data.seconds)}`);
  }

  const chapterButtons = [...document.querySelectorAll("#chapters button")];

  const actions = { toggle, back, next, soften, leave };
  for (const [id, action] of Object.entries(actions)) element(id).addEventListener("click", action);
  for (const button of chapterButtons) button.addEventListener("click", () => jump(Number(button.dataset.start)));
  element("place").addEventListener("change", (event) => {
    const seconds = Number(event.target.value);
    event.target.setAttribute("aria-valuetext", `${clock(seconds)} of ${clock(data.seconds)}`);
    jump(seconds);
  });
  const showCaptions = () => {
    document.documentElement.classList.toggle("no-words", !element("captions").checked);
  };
  element("captions").addEventListener("change", showCaptions);

  audios.session.addEventListener("ended", () => {
    if (programme === "session") finish("The session has ended.");
  });
  audios.gentler.addEventListener("ended", () => {
    if (programme === "gentler" && isPlaying) {
      wish += 1;
      endGentler();
    }
  });
  audios.closing.addEventListener("ended", () => {
    if (programme === "closing") finish("You have left the session.");
  });
  for (const audio of Object.values(audios)) audio.addEventListener("error", failed);

  const keys = {
    " ": toggle, s: soften, q: leave, Escape: leave, n: next, ArrowRight: next, p: back, ArrowLeft: back,
    N: () => chapter(1), P: () => chapter(-1), ".": () => seek(10), ",": () => seek(-10),
    c: () => {
      element("captions").checked = !element("captions").checked;
      showCaptions();
    },
    "?": () => { element("keys").open = !element("keys").open; },
  };
  // A key that is held down is one wish, except for those that lead on and back.
  const repeatable = ["ArrowRight", "ArrowLeft", "n", "p", ".", ","];
  document.addEventListener("keydown", (event) => {
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    const own = event.target.closest("button, summary, input, a, audio");
    const isOwnKey = own && (event.key === " " || (own.type === "range" && event.key.startsWith("Arrow")));
    if (!action || isOwnKey || event.ctrlKey || event.altKey || event.metaKey || !element("shortcuts").checked) return;
    event.preventDefault();
    if (!event.repeat || repeatable.includes(event.key)) action();
  });

  if ("mediaSession" in navigator) {
    navigator.mediaSession.metadata = new MediaMetadata({ title: data.title, artist: data.teacher });
    const handlers = { play: resume, pause, nexttrack: next, previoustrack: back };
    for (const [name, handler] of Object.entries(handlers)) {
      try {
        navigator.mediaSession.setActionHandler(name, handler);
      } catch {
        // This browser does not know the action.
      }
    }
  }

  for (const audio of Object.values(audios)) audio.controls = false;
  document.documentElement.classList.add("js");
  for (const id of ["controls", "chapters", "keys"]) element(id)?.removeAttribute("hidden");
  setInterval(update, 50);
  update();
})();
