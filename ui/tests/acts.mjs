// Does in Chromium what people do with keys and pointer: menus, the palette, a letter that is stopped because something
// new has come. Prints `?come WORDS` when the world may let a letter come, or `?learn PERSON SKILL` when somebody may prove a skill,
// and goes on when it is answered with a line.
// Usage: node acts.mjs SIGN_IN_LINK TICKET   (CHROMIUM names the browser)
import { createInterface } from "node:readline";
import { run } from "./chromium.mjs";

const ALL_MS_MAX = 180_000;
const MENU = "#ticket-head .tools details.menu";

const [link, ticket] = process.argv.slice(2);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

await run(ALL_MS_MAX, async (page) => {
  await page.tell("Emulation.setDeviceMetricsOverride", { width: 1440, height: 900, mobile: false, deviceScaleFactor: 1 });
  await page.signIn(link);
  await menus(page);
  await palette(page);
  await stoppedSend(page);
  await linkInTheAnswer(page);
  await listInPlainText(page);
  await newTicket(page);
  await filesOnAPhone(page);
  await namesOfTheMatrix(page);
  await levelsThatMove(page);
});

async function at(page, path, what) {
  page.where = what;
  await page.open(new URL(path, link).href);
  await page.settled();
}

/** A letter of the customer with these words. */
async function comes(words) {
  process.stdout.write(`?come ${words}\n`);
  await answers.next();
}

async function learns(person, skill) {
  process.stdout.write(`?learn ${person} ${skill}\n`);
  await answers.next();
}

async function menus(page) {
  await at(page, `/tickets/${ticket}`, "a menu");
  await page.click(`${MENU} > summary`);
  await page.until("it opens with the pointer", `document.querySelector("${MENU}").open`);
  await page.press("ArrowDown");
  await page.expect("the arrow goes to the first choice", `document.activeElement === document.querySelector("${MENU} .menu-sheet a")`);
  await page.press("ArrowUp");
  await page.expect("and from there to the last", `document.activeElement === [...document.querySelectorAll("${MENU} .menu-sheet a")].at(-1)`);
  await comes("One thing more");
  await page.until("what came meanwhile is shown", "document.querySelector('#conversation').textContent.includes('One thing more')");
  await page.settled();
  await page.expect("it is still open", `document.querySelector("${MENU}").open`);
  await page.expect("and the focus is on its choice", `document.activeElement === [...document.querySelectorAll("${MENU} .menu-sheet a")].at(-1)`);
  await page.press("Escape");
  await page.until("Escape closes it", `!document.querySelector("${MENU}").open`);
  await page.expect("and the focus is where it was", `document.activeElement === document.querySelector("${MENU} > summary")`);
  await page.press("Enter");
  await page.until("Enter opens it", `document.querySelector("${MENU}").open`);
  await page.click("#ticket-head h1");
  await page.until("a click elsewhere closes it", `!document.querySelector("${MENU}").open`);
  await page.click("#facts details.menu > summary");
  await page.until("what is needed is chosen among all skills", "document.querySelectorAll('#need-skill option').length > 60");
  await comes("And one more");
  await page.until("what came meanwhile is shown too", "document.querySelector('#conversation').textContent.includes('And one more')");
  await page.settled();
  await page.expect("the choice is still there", "document.querySelector('#need-skill').checkVisibility()");
  await page.evaluate("document.querySelector('#need-skill').value = [...document.querySelectorAll('#need-skill option')].find((it) => it.textContent === 'Patience').value");
  await page.click("#facts details.menu .form button");
  await page.until("it is needed from now on", "[...document.querySelectorAll('#facts .need')].some((it) => it.textContent.includes('Patience'))");
  await page.evaluate("document.activeElement.blur()");
  const gone = page.once("Page.loadEventFired");
  await page.press("m");
  await gone;
  await page.expect("its key does what the choice does", "location.pathname.endsWith('/merge')");
}

async function palette(page) {
  await at(page, "/", "the palette");
  await page.press("k", { control: true });
  await page.until("Ctrl-K opens it", "document.querySelector('dialog.palette')?.open");
  await page.expect("one can type at once", "document.activeElement.matches('dialog.palette input')");
  await page.until("it offers places", "document.querySelector('dialog.palette [role=option]')");
  await page.type("invoice");
  await page.until("it finds a ticket by a word", "[...document.querySelectorAll('dialog.palette [role=option]')].some((it) => it.textContent.includes('invoice of March'))");
  await page.expect("the first is chosen", "document.querySelector('dialog.palette [role=option]').getAttribute('aria-selected') === 'true'");
  await page.press("ArrowDown");
  await page.expect("the arrow chooses the next, and says so", `(() => {
    const chosen = [...document.querySelectorAll("dialog.palette [role=option]")].findIndex((it) => it.getAttribute("aria-selected") === "true");
    const named = document.querySelector("dialog.palette input").getAttribute("aria-activedescendant");
    return chosen === 1 && document.querySelectorAll("dialog.palette [role=option]")[1].id === named;
  })()`);
  await page.press("Escape");
  await page.until("Escape closes it", "!document.querySelector('dialog.palette').open");
  await page.press("k", { control: true });
  await page.until("it opens again, empty", "document.querySelector('dialog.palette').open && !document.querySelector('dialog.palette input').value");
  await page.type("ledger");
  await page.until("it finds a page", "document.querySelector('dialog.palette [role=option][aria-selected=true]')?.textContent.includes('Ledger')");
  const gone = page.once("Page.loadEventFired");
  await page.press("Enter");
  await gone;
  await page.expect("Enter goes there", "location.pathname === '/ledger'");
}

async function stoppedSend(page) {
  // The answer that stops a letter is a 409, which a browser reports.
  page.expected = /409/;
  await at(page, `/tickets/${ticket}`, "a stopped letter");
  await page.until("the editor is there", "document.querySelector('ticket-composer .paper')");
  await page.click("ticket-composer .paper");
  await page.type("Thank you, we have sent it back.");
  await page.until("the draft is kept", "document.querySelector('[data-saved]').textContent.includes('saved')");
  await comes("Please wait");
  await page.until("what came is shown", "document.querySelector('#conversation').textContent.includes('Please wait')");
  await page.press("Enter", { control: true });
  await page.until("the letter is stopped", "document.querySelector('[data-unseen]').textContent.includes('wrote while you were writing')");
  await page.expect("what came stands there", "document.querySelector('[data-unseen]').textContent.includes('Please wait')");
  await page.expect("the text is still there", "document.querySelector('ticket-composer .paper').textContent.includes('sent it back')");
  await page.expect("nothing was sent", "![...document.querySelectorAll('.letter')].some((it) => it.textContent.includes('sent it back'))");
  await page.press("Enter", { control: true });
  await page.until("seen, it goes", "[...document.querySelectorAll('.letter')].some((it) => it.textContent.includes('sent it back'))");
  await page.until("and the sheet is empty", "!document.querySelector('ticket-composer .paper').textContent.trim() && !document.querySelector('[data-unseen]').textContent.trim()");
}

/** The ticket has come to need patience, and an article is about that. */
async function linkInTheAnswer(page) {
  const linked = `document.querySelector("ticket-composer .paper a[href*='/help/articles/']")?.textContent.startsWith("I was charged twice")`;
  await at(page, `/tickets/${ticket}`, "a link in the answer");
  await page.until("the editor is there", "document.querySelector('ticket-composer .paper')");
  await page.click("ticket-composer .paper");
  await page.type("Please look at");
  await page.evaluate("document.activeElement.blur()");
  await page.press("i");
  await page.press("1");
  await page.until("its key puts it there", linked);
  await page.expect("after what was written", "document.querySelector('textarea[name=body_text]').value.startsWith('Please look at I was charged twice')");
  await page.expect("its address is in the plain text too", "/ <http.*>$/.test(document.querySelector('textarea[name=body_text]').value)");
  await page.until("and one goes on to write", "document.activeElement?.matches('ticket-composer .paper')");
  await at(page, `/tickets/${ticket}`, "a link of a draft");
  await page.until("it is there again", linked);
  await page.evaluate(`document.querySelector("#facts [data-link]").click()`);
  await page.until("a click puts one more", "document.querySelectorAll('ticket-composer .paper a').length === 2");
}

/** Who reads mail as plain text sees a list as a list. */
async function listInPlainText(page) {
  await at(page, `/tickets/${ticket}`, "a list");
  await page.until("the draft is there", "document.querySelector('ticket-composer .paper a')");
  await page.click("ticket-composer .paper");
  await page.press("a", { control: true });
  await page.press("Backspace");
  await page.type("Two things:");
  await page.press("Enter");
  await page.click("ticket-composer [data-tool=bulletList]");
  await page.type("the cable");
  await page.press("Enter");
  await page.type("the switch");
  await page.until("its text part has a line for each", "document.querySelector('textarea[name=body_text]').value === 'Two things:\\n\\n- the cable\\n- the switch'");
}

async function newTicket(page) {
  await at(page, "/tickets/new", "a new ticket");
  await page.until("the editor is there", "document.querySelector('ticket-composer .paper')");
  await page.evaluate("document.querySelector('#requester').focus()");
  await page.type("marta");
  await page.until("addresses are offered", "document.querySelector('#requester-suggestions option')?.value === 'marta@example.org'");
  await page.evaluate("document.querySelector('#requester').select()");
  await page.type("marta@example.org");
  await page.evaluate("document.querySelector('#subject').focus()");
  await page.type("Your bicycle");
  await page.click("ticket-composer .paper");
  await page.type("It is ready.");
  await page.evaluate(`(() => {
    const files = new DataTransfer();
    files.items.add(new File(["%PDF-1.4"], "bill.pdf", { type: "application/pdf" }));
    document.querySelector("ticket-composer .sheet").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
  })()`);
  await page.until("a dropped file goes up", "document.querySelector('[data-files] input[name=upload_token]')");
  await page.until("the draft is kept", "document.querySelector('[data-saved]').textContent.includes('saved')");
  await at(page, "/tickets/new", "a new ticket, later");
  await page.expect("all of it is there again", "document.querySelector('#requester').value === 'marta@example.org' && document.querySelector('#subject').value === 'Your bicycle' && document.querySelector('textarea[name=body_text]').value.includes('ready')");
  await page.until("the editor is there", "document.querySelector('ticket-composer .paper')");
  await page.click("ticket-composer .paper");
  const opened = page.once("Page.loadEventFired");
  await page.press("Enter", { control: true });
  await opened;
  await page.expect("it opens the ticket", "/^\\/tickets\\/\\d+$/.test(location.pathname) && document.querySelector('#conversation').textContent.includes('It is ready.')");
}

async function filesOnAPhone(page) {
  await page.tell("Emulation.setDeviceMetricsOverride", { width: 390, height: 844, mobile: true, deviceScaleFactor: 1 });
  await at(page, `/tickets/${ticket}`, "files on a phone");
  await page.evaluate(`(() => {
    document.querySelector("ticket-composer [data-saved]").textContent = "";
    const chosen = new DataTransfer();
    chosen.items.add(new File(["hello"], "a name that is longer than the window of a telephone is wide.txt"));
    const input = document.querySelector("ticket-composer input[type=file]");
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    document.activeElement.blur();
  })()`);
  await page.until("the file is listed", "document.querySelector('ticket-composer .files > li')");
  await page.expect("one can still see where to write", `[...document.querySelectorAll("ticket-composer :is(textarea, .paper)")]
    .some((it) => it.checkVisibility() && it.getBoundingClientRect().width > 300)`);
  await page.expect("what sends it stands inside", `(() => {
    const { left, right } = document.querySelector("ticket-composer .split").getBoundingClientRect();
    return left >= 4 && right <= innerWidth - 4;
  })()`);
  await page.until("the draft is saved with it", `document.querySelector("ticket-composer [data-saved]").textContent.includes("saved")`);
  await at(page, `/tickets/${ticket}`, "files of a draft");
  await page.expect("the file is there again", `document.querySelector("ticket-composer .files > li input[name=upload_token]")?.value`);
  await page.evaluate(`document.querySelector("ticket-composer .files > li button").click()`);
  await page.expect("and can be taken away", `!document.querySelector("ticket-composer .files > li")`);
}

/** Scrolled sideways on a phone, each name stands in line with its row, and a name in the row itself can still be reached by keys. */
async function namesOfTheMatrix(page) {
  await at(page, "/skills", "the matrix");
  await page.until("all rows are laid out", `!!document.querySelector(".matrix-frame.all-laid")`);
  await page.evaluate(`document.querySelector(".matrix-frame").scrollLeft = 120`);
  await page.until("the copy of the names takes their place", `document.querySelector(".matrix-frame.aside .matrix-names")?.checkVisibility({ visibilityProperty: true })`);
  await page.expect("each name is beside its row", `(() => {
    const rows = [...document.querySelectorAll(".matrix tbody tr")];
    const names = [...document.querySelectorAll(".matrix-names > div")];
    return rows.length > 0 && names.length === rows.length && rows.every((row, n) =>
      Math.abs(row.getBoundingClientRect().top - names[n].getBoundingClientRect().top) < 1
      && row.cells[0].querySelector("a").textContent === names[n].querySelector("a").textContent);
  })()`);
  await page.expect("the names stand at the edge", `(() => {
    const edge = document.querySelector(".matrix-frame").getBoundingClientRect().left;
    return document.querySelector(".matrix-names").getBoundingClientRect().left - edge < 20;
  })()`);
  await page.evaluate(`document.querySelector(".matrix tbody th a").focus()`);
  await page.until("a focused name is seen in its row", `!document.querySelector(".matrix-frame").classList.contains("aside")`);
}

/** A level that moves while somebody looks is written anew in its cell; scrolling and the cell that the keyboard is at stay. */
async function levelsThatMove(page) {
  await at(page, "/skills", "levels that move");
  const [person, skill] = await page.evaluate(`(() => {
    const cell = document.querySelector(".matrix tbody td[class*=v]");
    const [row, heads] = [cell.parentElement, document.querySelector(".matrix thead tr").cells];
    cell.tabIndex = 0;
    cell.focus();
    window.watched = { cell, words: cell.innerHTML + cell.className };
    return [row.dataset.u, heads[cell.cellIndex].dataset.s];
  })()`);
  await learns(person, skill);
  await page.until("the cell says the new level", `window.watched.cell.innerHTML + window.watched.cell.className !== window.watched.words`);
  await page.expect("it is the same cell, with words of its own", `window.watched.cell.isConnected && window.watched.cell.getAttribute("aria-label").includes(window.watched.cell.firstChild.nodeValue)`);
}
