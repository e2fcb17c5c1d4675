// A button on a customer's own site that opens the desk's request form beside the page they are on:
// <script type="module" src="…/widget.js" data-form="https://desk.example.org/requests/new" data-label="Help"></script>
const SHEET = `
:host { all: initial; }
button, iframe, div { box-sizing: border-box; font: 560 15px/1 system-ui, sans-serif; }
.open { position: fixed; inset: auto 20px 20px auto; z-index: 2147483000; min-height: 48px; padding: 0 20px; border: 0; border-radius: 99px; background: #1d6b58; color: #fff; box-shadow: 0 4px 20px rgb(0 0 0 / .22); cursor: pointer; }
.open:hover { background: #15523f; }
button:focus-visible { outline: 3px solid #7fd3b9; outline-offset: 2px; }
.panel { position: fixed; inset: auto 20px 84px auto; z-index: 2147483000; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100vh - 120px)); border: 1px solid #d3cdc0; border-radius: 14px; overflow: hidden; background: #faf9f6; box-shadow: 0 12px 48px rgb(0 0 0 / .24); }
.panel[hidden] { display: none; }
iframe { width: 100%; height: 100%; border: 0; display: block; }
@media (max-width: 479px) { .panel { inset: 0 0 76px 0; width: auto; height: auto; border-radius: 0; } }
`;

const script = [...document.scripts].find((it) => it.src === import.meta.url);
const address = script?.dataset.form;

if (script && address) {
  const label = script.dataset.label ?? "Help";
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.className = "open";
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");

  const panel = document.createElement("div");
  panel.className = "panel";
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);

  const show = (open: boolean): void => {
    if (open && !panel.firstChild) {
      const frame = document.createElement("iframe");
      frame.title = label;
      frame.src = address;
      panel.append(frame);
    }
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (!open) button.focus();
  };
  button.addEventListener("click", () => show(panel.hidden === true));
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape" && !panel.hidden) show(false);
  });

  root.append(panel, button);
  document.body.append(host);
} else {
  console.error("The help button needs data-form with the address of the request form.");
}
