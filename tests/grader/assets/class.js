'use strict';
// Sorts the table of students at a click on a column's title, and filters it. Without this script it is a plain table.

const table = document.getElementById('students');
const rows = [...table.tBodies[0].rows];
const key = (row, column) => {
  const { value } = row.cells[column].dataset;
  return value === undefined ? row.cells[column].textContent.trim().toLowerCase() : Number(value);
};
const compare = (first, second) => (typeof first === 'string' ? first.localeCompare(second) : first - second);

[...table.tHead.rows[0].cells].forEach((cell, column) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = cell.textContent;
  button.addEventListener('click', () => {
    const isUp = cell.getAttribute('aria-sort') !== 'ascending';
    [...table.tHead.rows[0].cells].forEach((other) => other.removeAttribute('aria-sort'));
    cell.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
    rows.sort((first, second) => compare(key(first, column), key(second, column)) * (isUp ? 1 : -1));
    table.tBodies[0].append(...rows);
  });
  cell.replaceChildren(button);
});

const tools = document.createElement('p');
tools.className = 'tools';
const label = document.createElement('label');
const input = document.createElement('input');
const shown = document.createElement('span');
shown.setAttribute('role', 'status');
input.type = 'search';
label.append('Filter by a name, a word or a failed check: ', input);
tools.append(label, shown);
table.parentElement.before(tools);
input.addEventListener('input', () => {
  const words = input.value.trim().toLowerCase();
  const matches = rows.filter((row) => {
    const isMatch = `${row.textContent} ${row.dataset.fails}`.toLowerCase().includes(words);
    row.hidden = !isMatch;
    return isMatch;
  });
  shown.textContent = words ? `${matches.length} of ${rows.length} shown` : '';
});
