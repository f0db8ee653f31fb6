// One operation of the API as a section of the reference page.
import { STATUS_CODES } from 'node:http'
import { escaped, marked, paragraphs } from '../documents/html.ts'
import type { ApiContent, ApiDocument, ApiOperation, ApiParameter, ApiResponse } from './api-document.ts'
import { entry, kindOf, membersOf } from './schema-html.ts'

export interface NamedOperation {
  readonly method: string
  readonly path: string
  readonly operation: ApiOperation
}

/** The anchor of an operation: its method and path. */
export const anchorOf = ({ method, path }: NamedOperation): string =>
  `${method}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, '')

export const methodMark = (method: string): string => `<b class="method ${method}">${method.toUpperCase()}</b>`

const PLACES = [
  ['path', 'In the path'],
  ['query', 'In the query'],
  ['header', 'In the headers'],
] as const

export function operationSection(named: NamedOperation, components: ApiDocument['components']): string {
  const { method, path, operation } = named
  const { summary, description, parameters = [], requestBody, responses } = operation
  const anchor = anchorOf(named)
  const answers = Object.entries(responses)
  return [
    `<section id="${anchor}">`,
    `<h3>${escaped(summary)}</h3>`,
    `<p class="call">${methodMark(method)} <a href="#${anchor}"><code>${escaped(path)}</code></a></p>`,
    description === undefined ? '' : paragraphs(description),
    `<p class="role">${roleNote(operation)}</p>`,
    ...PLACES.map(([place, title]) =>
      parameterList(
        title,
        parameters.filter((parameter) => parameter.in === place),
      ),
    ),
    requestBody === undefined
      ? ''
      : `<h4>Body${requestBody.required ? '' : ', which may be left out'}</h4>${contents(requestBody.content)}`,
    ...answers.filter(([status]) => isSuccess(status)).map(([status, answer]) => successDetails(status, answer)),
    problemList(
      answers.filter(([status]) => !isSuccess(status)),
      components,
    ),
    '</section>',
  ].join('\n')
}

const isSuccess = (status: string): boolean => status.startsWith('2')

const roleNote = ({ 'x-least-role': role }: ApiOperation): string =>
  role === undefined ? 'Needs no key and no session.' : `Needs the role <b>${escaped(role)}</b>, or a higher one.`

function parameterList(title: string, parameters: readonly ApiParameter[]): string {
  if (parameters.length === 0) return ''
  const entries = parameters.map(({ name, schema, required = false, description }) =>
    entry({ name, schema, isRequired: required, description: description ?? schema.description }),
  )
  return `<h4>${title}</h4><dl>${entries.join('')}</dl>`
}

const contents = (content: ApiContent): string =>
  Object.entries(content)
    .map(([type, { schema = {} }]) => {
      const members = membersOf(schema)
      // The kind `object` is not shown, because the list of its members follows.
      const kind = schema.type === 'object' && members !== '' ? '' : `: ${kindOf(schema)}`
      const description = schema.description === undefined ? '' : `<p>${marked(schema.description)}</p>`
      return `<p><code>${escaped(type)}</code>${kind}</p>${description}${members}`
    })
    .join('')

function successDetails(status: string, { description = '', content }: ApiResponse): string {
  const phrase = STATUS_CODES[status] ?? ''
  const more = description === phrase ? '' : `<p>${marked(description)}</p>`
  const title = `${status} ${phrase}`
  if (content === undefined) return `<h4>${title}, without a body</h4>${more}`
  return `<details><summary>${title}</summary>${more}${contents(content)}</details>`
}

function problemList(answers: readonly (readonly [string, ApiResponse])[], components: ApiDocument['components']) {
  const items = answers.map(([status, answer]) => {
    const links = codesOf(answer, components).map((code) => `<a href="/problems#${code}"><code>${code}</code></a>`)
    return `<li>${status} ${links.join(' ')}</li>`
  })
  return `<details><summary>Refusals and failures</summary><ul>${items.join('')}</ul></details>`
}

function codesOf({ $ref, content }: ApiResponse, { responses }: ApiDocument['components']): readonly string[] {
  const found = $ref === undefined ? content : responses[$ref.replace('#/components/responses/', '')]?.content
  const parts = Object.values(found ?? {}).flatMap(({ schema }) => schema?.allOf ?? [])
  return parts.flatMap(({ properties }) => properties?.['code']?.enum ?? []).map(String)
}
