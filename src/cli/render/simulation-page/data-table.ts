// Tables of the page: each in a box of its own that scrolls, so that a wide one never widens the page, and that can be reached by
// keyboard. Cells are text; what they mean was decided before.
import { markup, type Markup } from './markup.js';

export interface Column {
  readonly title: string;
  /** Figures stand to the right, under each other. */
  readonly isFigure?: boolean;
}

export interface TableContent {
  /** Says what the table holds, to those who can't see where it stands. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its head. */
  readonly rows: readonly (readonly string[])[];
}

function classOf({ isFigure }: Column): Markup | undefined {
  return isFigure === true ? markup` class="figure"` : undefined;
}

/** A path breaks behind its slashes before it breaks in the middle of a name. */
function breakPaths(text: string): readonly Markup[] {
  return text.split(/(?<=\/)(?=\S)/).map((part, index) => markup`${index > 0 && markup`<wbr>`}${part}`);
}

export function renderDataTable({ caption, columns, rows }: TableContent): Markup {
  const heads = columns.map((column) => markup`<th scope="col"${classOf(column)}>${breakPaths(column.title)}</th>`);
  const body = rows.map(([head = '', ...cells]) => {
    const others = cells.map((cell, index) => markup`<td${classOf(columns[index + 1]!)}>${cell}</td>`);
    return markup`<tr><th scope="row">${breakPaths(head)}</th>${others}</tr>\n`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${body}</tbody></table></div>`;
}

/** Closed until somebody opens it. `summary`: what it holds and how much of it. */
export function renderTableUnder(summary: string, table: TableContent): Markup {
  return markup`<details><summary>${summary}</summary>
${renderDataTable(table)}
</details>`;
}
