// SPDX-License-Identifier: BSD-2-Clause
// Looks for what keeps people from reading a page: WCAG 2.1 AA as far as a program can tell. Sends
// what is wrong to the window around it, and that it has looked.
'use strict'
const wrong = new Set()
const frame = innerWidth < 500 ? 'phone' : 'desk'
const name = (e) => `<${e.tagName.toLowerCase()}${e.className?.baseVal ?? e.className ? '.' + (e.className.baseVal ?? e.className) : ''}> "${e.textContent.trim().replace(/\s+/g, ' ').slice(0, 30)}"`
const every = (selector, what, right) => document.querySelectorAll(selector).forEach((e) => right(e) || wrong.add(`${what}: ${name(e)}`))
const label = (e) => (e.getAttribute('aria-label') || '').trim()

// Colours: [red, green, blue, alpha], 0 to 255 and 0 to 1.
function colour(text) {
  const srgb = text.match(/^color\(srgb (.*)\)$/)
  const v = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number)
  if (srgb) v[0] *= 255, v[1] *= 255, v[2] *= 255
  return [v[0], v[1], v[2], v[3] ?? 1]
}
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1)
function ground(e) {
  const layers = []
  for (; e; e = e.parentElement) layers.push(colour(getComputedStyle(e).backgroundColor))
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1])
}
function luminance(c) {
  const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}
const hidden = (e) => !e.getClientRects().length || e.closest('.unseen, caption') || getComputedStyle(e).visibility !== 'visible'

let texts = 0
function text_contrast(node) {
  const e = node.parentElement, style = getComputedStyle(e), svg = e.closest('svg')
  if (!node.data.trim() || hidden(e) || e.closest('title, script, style')) return
  const below = ground(svg ? svg.parentElement : e), size = parseFloat(style.fontSize)
  const found = contrast(over(colour(svg ? style.fill : style.color), below), below)
  const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5
  texts++
  if (found < least) wrong.add(`contrast ${found.toFixed(2)} of ${name(e)}`)
  if (svg && size * svg.getScreenCTM().a < 9) wrong.add(`a plot's text of ${(size * svg.getScreenCTM().a).toFixed(1)} pixels: ${name(e)}`)
}
function drawing_contrast(e) {
  const style = getComputedStyle(e), line = e.closest('svg')
  if (hidden(e)) return true
  const below = ground(line ? line.parentElement : e.parentElement), paint = line ? style.stroke : style.backgroundColor
  return paint === 'none' || contrast(over(colour(paint), below), below) >= 3
}

function tables() {
  every('table', 'a table without a caption', (t) => t.caption && t.caption.textContent.trim())
  every('th', 'a heading of nothing', (th) => /^(col|row)$/.test(th.scope))
  every('table', 'a table whose rows differ in length', (t) => [...t.rows].every((r) => r.cells.length === t.rows[0].cells.length))
  every('table', 'a table without headings', (t) => [...t.rows[0].cells].every((c) => c.tagName === 'TH'))
  every('tbody tr', 'a row without a heading', (r) => r.querySelector('th'))
}

function structure() {
  let level = 0
  if (!document.documentElement.lang) wrong.add('no language')
  if (!document.title.trim()) wrong.add('no title')
  if (document.querySelectorAll('h1').length !== 1 || document.querySelectorAll('main').length !== 1) wrong.add('not one h1 and one main')
  every('h1, h2, h3, h4, h5, h6', 'a heading left out before', (h) => { const last = level; level = +h.tagName[1]; return level <= last + 1 && h.textContent.trim() })
  every('ul > *, ol > *', 'no item of a list', (e) => e.tagName === 'LI')
  every('[id]', 'two of an id', (e) => document.querySelectorAll(`[id="${CSS.escape(e.id)}"]`).length === 1)
  every('[tabindex]', 'out of turn', (e) => e.tabIndex <= 0)
}

function names() {
  every('svg, [role=img]', 'a drawing without a label', label)
  every('svg', 'a plot without a title', (e) => e.querySelector('title')?.textContent.trim())
  every('[role=region], nav', 'a landmark without a name', label)
  every('a', 'a link without words', (a) => label(a) || a.textContent.trim())
  every('a[href^="#r"]', 'a link to nowhere', (a) => document.getElementById(a.hash.slice(1)))
  every('figure', 'a figure without a caption', (f) => f.querySelector('figcaption')?.textContent.trim())
}

// Beyond the frame: scrolls in a box of its own, which keys can reach and which says so on a phone.
function widths() {
  const page = document.documentElement
  if (page.scrollWidth > innerWidth) wrong.add(`the page is ${page.scrollWidth} wide`)
  every('.box', 'keys cannot scroll', (e) => e.scrollWidth <= e.clientWidth || e.tabIndex === 0)
  every('.box', 'no hint that it scrolls', (e) => frame !== 'phone' || e.scrollWidth <= e.clientWidth || !/^(none|normal)$/.test(getComputedStyle(e, '::before').content))
}

// Each figure as a file: well-formed, with its caption, without what only the page can resolve.
function saved(link) {
  link.addEventListener('click', (event) => event.preventDefault(), { once: true })
  link.click()
  const figure = link.closest('figure'), text = decodeURIComponent(link.href.replace(/^data:image\/svg\+xml,/, ''))
  const svg = new DOMParser().parseFromString(text, 'image/svg+xml'), strong = figure.querySelector('strong').textContent.trim()
  return svg.documentElement.tagName === 'svg' && !svg.querySelector('parsererror') && !/var\(|NaN|undefined|currentColor"[^>]*><rect/.test(text) &&
    svg.querySelectorAll('rect').length > figure.querySelectorAll('i').length && svg.querySelectorAll('path').length === figure.querySelectorAll('path').length && svg.documentElement.textContent.replace(/\s+/g, ' ').includes(strong.replace(/\s+/g, ' ')) && /\.svg$/.test(link.download)
}

function look() {
  document.querySelectorAll('details').forEach((d) => (d.open = true))
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) text_contrast(walker.currentNode)
  every('i, svg g[stroke^="var(--c"] path', 'too little contrast of a drawing', drawing_contrast)
  tables()
  structure()
  names()
  widths()
  every('figure', 'a figure that cannot be saved', (f) => f.querySelectorAll('.save').length === 1)
  every('.save', 'not a file that can be drawn', saved)
  errors.forEach((text) => wrong.add(`an error: ${text}`))
  if (texts < 20) wrong.add(`only ${texts} texts`)
}
try {
  look()
} catch (error) {
  wrong.add(`access.js: ${error.message}`)
}
parent.postMessage([...wrong, `looked at ${texts} texts`].map((text) => `${frame}: ${text}`).join('\n'), '*')
