// Reads the text of a file: its comments, test titles and messages, or the paragraphs of a page.
import ts from 'typescript'

/**
 * @typedef {'comment' | 'group' | 'title' | 'message' | 'paragraph'} Kind `group`: the title of a group of tests
 * @typedef {{ kind: Kind, line: number, text: string, groups: readonly string[] }} Prose `line` is where the text
 * begins,
 * `text` has no line breaks, `groups` are the titles of the groups around a test
 */

const TEST_FUNCTIONS = new Set(['test', 'it'])
const GROUP_FUNCTIONS = new Set(['describe', 'suite'])
const LOG_METHODS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'log'])
const MESSAGE_FIELDS = new Set(['message', 'detail', 'description', 'summary', 'doc', 'hint', 'meaning', 'cure'])

/** @param {string} path @param {string} text @returns {Prose[]} in no order */
export const proseOf = (path, text) => (path.endsWith('.md') ? paragraphs(text) : [...sourceProse(path, text)])

/**
 * Returns the paragraphs of a Markdown page. Fenced blocks and code in backticks are left out.
 * @param {string} page
 */
function paragraphs(page) {
  const withoutCode = page
    .replace(/^( *)(```+)[^]*?^\1\2 *$/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`]*`/g, (code) => `code${'\n'.repeat(code.split('\n').length - 1)}`)
  /** @type {Prose[]} */
  const found = []
  for (const match of withoutCode.matchAll(/(?:^(?!\s*$).+\n?)+/gm)) {
    const before = withoutCode.slice(0, match.index)
    for (const item of match[0].split(/\n(?=\s*(?:[-*|]|\d+\.) ?)/)) {
      const line = before.split('\n').length + match[0].slice(0, match[0].indexOf(item)).split('\n').length - 1
      found.push({ kind: 'paragraph', line, text: oneLine(item), groups: [] })
    }
  }
  return found
}

/** @param {string} path @param {string} text @returns {Generator<Prose>} */
function* sourceProse(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lineOf = (/** @type {number} */ position) => source.getLineAndCharacterOfPosition(position).line + 1

  /** @type {Map<number, number>} */
  const comments = new Map()
  /** @type {Prose[]} */
  const texts = []
  /** @param {ts.Node} node @param {readonly string[]} groups */
  const visit = (node, groups) => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ]
    if (node.kind !== ts.SyntaxKind.JsxText) for (const { pos, end } of ranges) comments.set(pos, end)
    const own = stringsFor(node).map(({ kind, of }) => ({
      kind,
      line: lineOf(of.getStart()),
      text: oneLine(wordsOf(of)),
    }))
    texts.push(...own.map((prose) => ({ ...prose, groups })))
    const inside = [...groups, ...own.filter(({ kind }) => kind === 'group').map(({ text: title }) => title)]
    for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) visit(child, inside)
  }
  visit(source, [])
  yield* joined(text, comments).map(({ pos, text: comment }) => ({
    kind: /** @type {const} */ ('comment'),
    line: lineOf(pos),
    text: comment,
    groups: [],
  }))
  yield* texts
}

/**
 * Joins line comments that follow each other into one comment.
 * @param {string} source @param {Map<number, number>} ranges end by start
 */
function joined(source, ranges) {
  /** @type {{ pos: number, end: number, text: string }[]} */
  const found = []
  for (const [pos, end] of [...ranges].sort(([one], [other]) => one - other)) {
    const comment = source.slice(pos, end)
    const text = oneLine(comment.replace(/^\/\/ ?|^\/\*+|\*+\/$/g, '').replace(/^\s*\* ?/gm, ''))
    const last = found.at(-1)
    const follows = last !== undefined && comment.startsWith('//') && /^\n[ \t]*$/.test(source.slice(last.end, pos))
    if (follows) Object.assign(last, { end, text: `${last.text} ${text}` })
    else found.push({ pos, end, text })
  }
  return found
}

/** Returns the titles and messages in a call, an error or a field. @param {ts.Node} node */
function stringsFor(node) {
  /** @type {{ kind: Kind, of: ts.Expression }[]} */
  const found = []
  const add = (/** @type {Kind} */ kind, /** @type {ts.Expression | undefined} */ of) => {
    if (of !== undefined && (ts.isStringLiteralLike(of) || ts.isTemplateExpression(of))) found.push({ kind, of })
  }
  if (ts.isCallExpression(node)) {
    const name = rootName(node.expression)
    if (TEST_FUNCTIONS.has(name)) add('title', node.arguments[0])
    else if (GROUP_FUNCTIONS.has(name)) add('group', node.arguments[0])
    else if (ts.isPropertyAccessExpression(node.expression) && LOG_METHODS.has(node.expression.name.text)) {
      for (const argument of node.arguments) add('message', argument)
    }
  } else if (ts.isNewExpression(node) && /(?:Error|Fault|Refused)$/.test(node.expression.getText())) {
    for (const argument of node.arguments ?? []) add('message', argument)
  } else if (ts.isPropertyAssignment(node) && MESSAGE_FIELDS.has(node.name.getText())) add('message', node.initializer)
  return found
}

/**
 * Returns the name with which a chain of calls begins: `test` for `test.each(…)(…)`.
 * @param {ts.Expression} expression
 */
function rootName(expression) {
  let inner = expression
  while (ts.isCallExpression(inner) || ts.isPropertyAccessExpression(inner) || ts.isTaggedTemplateExpression(inner)) {
    inner = ts.isTaggedTemplateExpression(inner) ? inner.tag : inner.expression
  }
  return ts.isIdentifier(inner) ? inner.text : ''
}

/** @param {ts.Expression} node */
const wordsOf = (node) =>
  ts.isStringLiteralLike(node)
    ? node.text
    : node
        .getText()
        .slice(1, -1)
        .replace(/\$\{[^}]*\}/g, '…')

const oneLine = (/** @type {string} */ text) => text.replace(/\s+/g, ' ').trim()
