// The problem for a body or a query that violates its schema. It names each member, and what the schema expects of it.
import type { FastifyError, FastifySchemaValidationError } from 'fastify'
import { invalidRequest, type Problem, type ProblemPlace } from '../problems/problem.ts'
import { pointerTo } from './json-pointer.ts'

const MOST_PLACES = 20

export function validationProblem(
  failures: readonly FastifySchemaValidationError[],
  context: FastifyError['validationContext'],
): Problem {
  const reported = ofKind(failures).filter((failure) => !isOfNoBody(failure))
  const places = (reported.length > 0 ? reported : failures).slice(0, MOST_PLACES).map((failure): ProblemPlace => {
    const pointer = pointerOf(failure)
    const detail = detailOf(failure)
    return context === 'querystring' ? { parameter: pointer.slice(1), detail } : { pointer, detail }
  })
  const [first] = places
  const name = first === undefined ? '' : 'pointer' in first ? first.pointer : first.parameter
  const subject = context === 'querystring' ? `The query parameter ${name}` : name === '' ? 'The body' : name
  return invalidRequest(`${subject} ${first?.detail ?? 'is not usable'}.`, ...places)
}

/**
 * If a schema allows several kinds of body, a wrong body violates the schemas of the other kinds too. Keeps only the
 * violations of the kind that the body names.
 */
function ofKind(failures: readonly FastifySchemaValidationError[]): readonly FastifySchemaValidationError[] {
  const others = failures
    .filter(({ instancePath, keyword }) => instancePath === '/kind' && keyword === 'enum')
    .map(({ schemaPath }) => schemaPath.replace(/properties\/kind\/enum$/, ''))
  const kept = failures.filter(
    ({ schemaPath, keyword }) => keyword !== 'anyOf' && !others.some((branch) => schemaPath.startsWith(branch)),
  )
  return others.length > 0 && kept.length > 0 ? kept : failures
}

/**
 * The schema of an optional body is null or an object. A wrong object violates both alternatives. Only its violations
 * of the object schema help the caller.
 */
const isOfNoBody = ({ instancePath, keyword, params }: FastifySchemaValidationError): boolean =>
  instancePath === '' && (keyword === 'anyOf' || (keyword === 'type' && params['type'] === 'null'))

function pointerOf({ instancePath, keyword, params }: FastifySchemaValidationError): string {
  const member =
    keyword === 'additionalProperties'
      ? params['additionalProperty']
      : keyword === 'required'
        ? params['missingProperty']
        : undefined
  return typeof member === 'string' ? instancePath + pointerTo([member]) : instancePath
}

function detailOf({ keyword, params, message, instancePath }: FastifySchemaValidationError): string {
  const limit = String(params['limit'])
  switch (keyword) {
    case 'additionalProperties':
      return 'is not a member of this request'
    case 'required':
      return 'is missing'
    case 'type':
      return `must be ${typesIn(params['type'], instancePath).join(' or ')}`
    case 'enum':
      return `must be ${[params['allowedValues']].flat().map(String).join(' or ')}`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'minProperties':
      return 'names nothing to change'
    case 'minLength':
      return `must have at least ${counted(params, 'character', 'characters')}`
    case 'maxLength':
      return `must have at most ${counted(params, 'character', 'characters')}`
    case 'minItems':
      return `must have at least ${counted(params, 'entry', 'entries')}`
    case 'maxItems':
      return `must have at most ${counted(params, 'entry', 'entries')}`
    case 'uniqueItems':
      return 'must not name anything twice'
    default:
      return message ?? 'is not usable'
  }
}

const counted = ({ limit }: Readonly<Record<string, unknown>>, one: string, several: string): string =>
  `${String(limit)} ${limit === 1 ? one : several}`

/**
 * Returns the names of types with their articles. For a whole body the type null means that the request has no body.
 */
const typesIn = (types: unknown, place: string): readonly string[] =>
  [types].flat().map((type) => {
    if (type === 'null') return place === '' ? 'absent' : 'null'
    return `${/^[aeiou]/.test(String(type)) ? 'an' : 'a'} ${String(type)}`
  })
