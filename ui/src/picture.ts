// A picture of the matrix as it stands on the page, for slides and letters: what is hidden is left out, colours are those that
// are shown. Loaded when somebody asks for one.
const [CELL, ROW, NAME, HEAD, GAP, EDGE] = [40, 30, 210, 150, 3, 20];
/// No side of a picture is longer: browsers refuse larger canvases.
const SIDE_MAX = 16_000;
const FONT = '"Inter Variable", system-ui, sans-serif';

interface Look {
  back: string;
  ink: string;
  /** A frame around the cell: nobody else holds it, or below what the role asks. */
  frame: string;
}

export function download(table: HTMLTableElement, name: string): Promise<void> {
  return draw(table).then((picture) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
}

function draw(table: HTMLTableElement): Promise<Blob> {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const columns = heads.map((_, n) => n).filter((n) => n > 0 && heads[n]?.offsetParent !== null);
  const asked = [...(table.tHead?.rows ?? [])].slice(1);
  const rows = [...(table.tBodies[0]?.rows ?? [])].filter((row) => !row.hidden);
  const feet = [...(table.tFoot?.rows ?? [])];
  const lines = [...asked, ...rows, ...feet];
  const width = EDGE * 2 + NAME + columns.length * (CELL + GAP);
  const height = EDGE * 2 + HEAD + lines.length * (ROW + GAP);
  const scale = Math.min(2, SIDE_MAX / width, SIDE_MAX / height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.reject(new Error("this browser draws no pictures"));
  const page = getComputedStyle(document.body);
  const paper = page.backgroundColor;
  pen.scale(scale, scale);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, width, height);

  pen.font = `500 12px ${FONT}`;
  pen.textBaseline = "middle";
  pen.fillStyle = page.color;
  columns.forEach((n, at) => {
    pen.save();
    pen.translate(EDGE + NAME + at * (CELL + GAP) + CELL / 2, EDGE + HEAD - 8);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "left";
    pen.fillText(cut(pen, heads[n]?.textContent?.trim() ?? "", HEAD - 12), 0, 0);
    pen.restore();
  });

  const looks = new Map<string, Look>();
  const lookOf = (cell: HTMLElement): Look => {
    const known = looks.get(cell.className);
    if (known) return known;
    const style = getComputedStyle(cell);
    const marked = /\b[rg]\b/.test(cell.className);
    const look = { back: style.backgroundColor, ink: style.color, frame: marked ? (/rgba?\([^)]*\)|color\([^)]*\)/.exec(style.boxShadow)?.[0] ?? "") : "" };
    looks.set(cell.className, look);
    return look;
  };

  lines.forEach((row, line) => {
    const top = EDGE + HEAD + line * (ROW + GAP);
    const isBody = row.parentElement === table.tBodies[0];
    const name = row.cells[0];
    pen.textAlign = "left";
    pen.font = `500 13px ${FONT}`;
    pen.fillStyle = name ? getComputedStyle(name).color : page.color;
    const words = name?.querySelector("a")?.textContent ?? name?.textContent ?? "";
    pen.fillText(cut(pen, words.trim(), NAME - 12), EDGE, top + ROW / 2);
    columns.forEach((n, at) => {
      const cell = row.cells[n];
      if (!cell) return;
      const left = EDGE + NAME + at * (CELL + GAP);
      const look = isBody ? lookOf(cell) : { back: "", ink: getComputedStyle(cell).color, frame: "" };
      if (look.back) {
        pen.fillStyle = look.back;
        pen.beginPath();
        pen.roundRect(left, top, CELL, ROW, 5);
        pen.fill();
      }
      if (look.frame) {
        pen.strokeStyle = look.frame;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.roundRect(left + 1, top + 1, CELL - 2, ROW - 2, 4);
        pen.stroke();
      }
      pen.fillStyle = look.ink;
      pen.textAlign = "center";
      pen.font = `${cell.classList.contains("n") ? "italic 400" : "600"} 12px ${FONT}`;
      const figure = (isBody ? cell.firstChild?.nodeValue : cell.textContent)?.trim() || (isBody ? "–" : "");
      pen.fillText(figure, left + CELL / 2, top + ROW / 2);
      const moved = cell.classList.contains("p") ? "▴" : cell.classList.contains("m") ? "▾" : "";
      if (moved) {
        pen.font = `400 8px ${FONT}`;
        pen.fillText(moved, left + CELL - 6, top + 7);
      }
    });
  });
  return new Promise((done, failed) => {
    canvas.toBlob((picture) => (picture ? done(picture) : failed(new Error("the picture is too large"))), "image/png");
  });
}

/** As much of the words as fits. */
function cut(pen: CanvasRenderingContext2D, words: string, width: number): string {
  if (pen.measureText(words).width <= width) return words;
  let kept = words;
  while (kept.length > 1 && pen.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
