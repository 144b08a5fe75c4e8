// The page is complete without this. One file: each is a request of its own.

// The number
//
// [data-count-url] carries the address, the moment of the page's number and the words.

const PAUSE = 5_000; // milliseconds between two questions, ± 30 %
const LONGEST = 120_000; // while answers fail
const PATIENCE = 10_000; // how long one answer may take
const QUIET = 60_000; // the shortest time between two spoken numbers
const FADE = 1_200;

const tally = document.querySelector("[data-count-url]");
if (tally) keepFresh(tally);

function keepFresh(tally) {
  const words = tally.dataset;
  const sentence = tally.querySelector(".count");
  const progress = tally.querySelector("progress");
  const spoken = document.querySelector("[data-count-status]");
  const notice = tally.querySelector(".latest");
  const format = numberFormat(words.group);
  const plural = new Intl.PluralRules(document.documentElement.lang || "en");

  const before = document.createElement("span");
  const number = document.createElement("data");
  const after = document.createElement("span");
  const whole = [before, " ", number, " ", after];
  before.textContent = words.has;

  let count = Number(sentence.querySelector("data")?.value ?? 0);
  let goal = progress?.max ?? 0;
  let asOf = Date.parse(words.asOf) || 0;
  let failures = 0;
  let over = false;
  let asking = false;
  let timer;

  let said = count;
  let saidAt = Date.now();
  let goalNews = "";
  let usual;
  let busy = false;
  let saidBusy = false;

  const supporters = (n) => words[plural.select(n)] ?? words.other;

  function sleep(milliseconds) {
    clearTimeout(timer);
    if (!over && document.visibilityState === "visible") timer = setTimeout(ask, milliseconds);
  }

  async function ask() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(words.countUrl, {
        credentials: "omit",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status === 404 || answer.status === 410) {
        over = true; // hidden, or moved for good
      } else if (answer.ok) {
        showBusy(false);
        take(await answer.json());
        failures = 0;
      } else {
        failures += 1;
        showBusy(answer.status === 503 && failures > 1);
      }
      if (!over) speak();
    } catch {
      failures += 1;
    } finally {
      asking = false;
    }
    sleep(pause(failures));
  }

  // In a line that keeps its height: below it somebody may be typing.
  function showBusy(next) {
    if (next === busy || !words.busy) return;
    busy = next;
    if (busy) usual = [...notice.childNodes];
    notice.style.minBlockSize = `${notice.offsetHeight}px`;
    notice.replaceChildren(...(busy ? [words.busy] : usual));
    if (!busy) spoken.textContent = "";
  }

  function take(answer) {
    const moment = Date.parse(answer.as_of);
    // A cache may hand out an answer that is older than what is on the page.
    if (!(moment > asOf) || !Number.isSafeInteger(answer.count)) return;
    asOf = moment;
    const wasShort = goal > 0 && count < goal;
    if (progress && answer.goal > 0) goal = answer.goal;
    if (answer.count !== count) show(answer.count);
    if (progress) showProgress();
    if (wasShort && count >= goal) goalNews = fill(words.goalNews, goal);
    if (answer.status !== "open") close();
  }

  function show(next) {
    count = next;
    tally.querySelector("[data-count-latest]")?.remove(); // somebody came later, or left
    const text = format(count);
    if (count > 0) {
      number.value = count;
      number.textContent = text;
      number.dataset.digits = String(count).length;
      after.textContent = supporters(count);
      if (!number.isConnected) sentence.replaceChildren(...whole);
      number.classList.add("changed");
      setTimeout(() => number.classList.remove("changed"), FADE);
    } else {
      const first = document.createElement("strong");
      first.textContent = words.first;
      sentence.replaceChildren(first);
    }
    for (const copy of document.querySelectorAll("[data-count-copy]")) {
      const strong = document.createElement("strong");
      strong.className = "figures";
      strong.textContent = text;
      copy.replaceChildren(...(count > 0 ? [strong, ` ${supporters(count)}`] : [words.first]));
    }
    for (const copy of document.querySelectorAll("[data-count-others]")) {
      const others = count - Number(copy.dataset.countOthers);
      if (others >= 0) copy.textContent = `${format(others)} ${supporters(others)}`;
    }
  }

  function showProgress() {
    const [left, right] = tally.querySelectorAll(".goal label > :not(.visually-hidden)");
    const reached = count >= goal;
    progress.max = goal;
    progress.value = Math.min(count, goal);
    left.textContent = fill(reached ? words.goalReached : words.goalSet, goal);
    right.textContent = reached ? "" : fill(words.goalLeft, goal - count);
  }

  function close() {
    // The form stays: somebody may be typing in it.
    over = true;
    before.textContent = words.had;
    tally.classList.add("dry");
    tally.querySelector(".goal .figures")?.replaceChildren(); // "766 to go" is over
    notice.textContent = words.closed;
    if (!inForm()) spoken.textContent = words.closed;
  }

  function speak() {
    if (inForm() || (!goalNews && Date.now() - saidAt < QUIET)) return;
    const news = [];
    if (busy !== saidBusy) news.push(busy ? words.busy : words.calm);
    if (goalNews) news.push(goalNews);
    else if (count !== said) news.push(`${words.has} ${format(count)} ${supporters(count)}`);
    if (!news.length) return;
    spoken.textContent = news.join(" ");
    [said, saidAt, goalNews, saidBusy] = [count, Date.now(), "", busy];
  }

  function fill(text, n) {
    return text.replace("{n}", format(n));
  }

  // The server's sentence is taken over piece by piece, so that a swap moves nothing.
  const written = sentence.querySelector("data");
  if (written) {
    number.value = written.value;
    number.textContent = written.textContent;
    number.dataset.digits = written.dataset.digits;
    after.textContent = supporters(count);
    sentence.replaceChildren(...whole);
  }

  document.addEventListener("visibilitychange", () => {
    // Soon, but not all tabs of the world at once.
    if (document.visibilityState === "visible") sleep(Math.random() * 1_000);
    else clearTimeout(timer);
  });
  sleep(pause(0));
}

function pause(failures) {
  const jitter = 0.7 + 0.6 * Math.random();
  return Math.min(PAUSE * 2 ** failures * jitter, LONGEST);
}

function inForm() {
  return Boolean(document.activeElement?.closest("form"));
}

// The language's groups, with the server's mark between them and its digits.
function numberFormat(group) {
  const format = new Intl.NumberFormat(document.documentElement.lang || "en", {
    useGrouping: "always",
    numberingSystem: "latn",
  });
  return (n) =>
    format
      .formatToParts(n)
      .map((part) => (part.type === "group" ? group : part.value))
      .join("");
}

// The form

const SECOND_PRESS = 10_000; // milliseconds in which pressing again means the same press

const country = document.querySelector("select[data-postal-labels]");
if (country) {
  followCountry(country);
  nameSite(country.form);
}
sendOnce();
addEventListener("pageshow", () => {
  for (const text of document.querySelectorAll("form details textarea")) {
    text.closest("details").open ||= text.value !== ""; // put back by the browser
  }
});

// Names the postal code, and says whether it may be left out.
function followCountry(country) {
  const { postalLabels, postalLabel, postalNeeded, postalOptional } = country.dataset;
  const labels = JSON.parse(postalLabels);
  const code = country.form.elements.postal_code;
  const label = code.labels[0];

  function follow() {
    if (!country.value) return;
    const optional = document.createElement("span");
    optional.className = "optional";
    optional.textContent = postalOptional;
    const isNeeded = postalNeeded.split(" ").includes(country.value);
    const name = labels[country.value] ?? postalLabel;
    label.replaceChildren(...(isNeeded ? [name] : [name, " ", optional]));
    const hint = document.getElementById(`${code.id}_helptext`); // "Needed in some countries"
    if (hint) {
      hint.remove();
      const others = code.getAttribute("aria-describedby").split(" ").filter((id) => id !== hint.id);
      if (others.length) code.setAttribute("aria-describedby", others.join(" "));
      else code.removeAttribute("aria-describedby");
    }
  }

  country.addEventListener("change", follow);
  addEventListener("pageshow", follow); // a browser puts back what was chosen before
}

// Which other site they came from, unless their link says more: its host, nothing else.
function nameSite(form) {
  const [, host] = /^https?:\/\/([^/:]+)/.exec(document.referrer) ?? [];
  if (!host || host === location.hostname || form.elements.source) return;
  const source = document.createElement("input");
  Object.assign(source, { type: "hidden", name: "source", value: host });
  form.append(source);
}

// Each press that arrives asks for a mail. The button stays: who comes back needs it.
function sendOnce() {
  const status = Object.assign(document.createElement("p"), { role: "status" });
  let pressed; // the form of the last press that was let through
  let at;

  function forget() {
    pressed = at = undefined;
    status.textContent = "";
    status.className = "visually-hidden"; // moves nothing
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (pressed === form && event.timeStamp - at < SECOND_PRESS) {
      event.preventDefault();
      status.className = "small";
      say(status, document.querySelector("[data-sending]").dataset.sending);
    } else {
      forget();
      [pressed, at] = [form, event.timeStamp];
      form.append(status); // empty: words that come later are spoken
    }
  });
  addEventListener("pageshow", (event) => event.persisted && forget());
  // Stopped; not every browser tells.
  window.navigation?.addEventListener("navigate", ({ signal }) => {
    const sent = at;
    signal.addEventListener("abort", () => at === sent && forget());
  });
}

// Emptied first: a second time is spoken too.
function say(status, text) {
  status.textContent = "";
  setTimeout(() => {
    status.textContent = text;
    status.scrollIntoView({ block: "nearest" });
  }, 50);
}

// Sharing
//
// Never the page's address: a signer's own page is nobody else's.

const block = document.querySelector("[data-share]");
if (block) offer(block);

function offer(block) {
  const field = block.querySelector("input");
  const sheet = block.querySelector("[data-sheet]");
  const copy = block.querySelector("[data-copy]");
  const spoken = block.querySelector("[role=status]");
  const shared = { title: block.dataset.title, url: block.dataset.share };

  sheet.parentElement.hidden = !navigator.canShare?.(shared);
  sheet.addEventListener("click", () => {
    navigator.share(shared).catch(() => {}); // closed without sharing
  });
  copy.addEventListener("click", async () => {
    const done = await copied(field);
    say(spoken, done ? copy.dataset.copy : copy.dataset.failed);
  });
  copy.hidden = false;
}

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select(); // no permission
    return document.execCommand("copy");
  }
}
