// A value that is shown once and has to go elsewhere: `<button data-copy="link">` copies the field with that id.
import { flash } from "./flash";

export function watchCopies(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest?.<HTMLElement>("[data-copy]");
    const field = button && document.getElementById(button.dataset.copy ?? "");
    if (field instanceof HTMLInputElement) void copy(field);
  });
}

async function copy(field: HTMLInputElement): Promise<void> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    flash("Copied.");
  } catch {
    // Only secure pages may write to the clipboard; what is selected is one key away.
    flash("It is selected: press Ctrl C, or ⌘ C on a Mac.");
  }
}
