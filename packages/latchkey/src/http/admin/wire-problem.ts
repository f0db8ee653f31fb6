// Faults and the framework's refusals in the words of the admin API.
import type { FastifyError, FastifySchemaValidationError } from 'fastify'
import { ActorEnded } from '../../ports/audit-trail.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { proofNeeded } from './access/admission.ts'
import { pointerTo } from './conventions/json-pointer.ts'
import { invalidRequest, type Problem, type ProblemPlace } from './problems/problem.ts'
import { UnreadableBody } from './conventions/unreadable-body.ts'

const MOST_PLACES = 20

export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof StoreUnavailable) return STORE_UNAVAILABLE
  if (error instanceof ActorEnded) return proofNeeded(error.kind === 'operator' ? 'operator' : 'admin_key')
  if (error instanceof UnreadableBody) return error.problem
  if (!('statusCode' in error)) return INTERNAL_ERROR
  if (error.validation !== undefined) return validationProblem(error.validation, error.validationContext)
  const { code, statusCode = 500 } = error
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return UNSUPPORTED_MEDIA_TYPE
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return BODY_TOO_LARGE
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return invalidRequest('The body is empty; send a JSON object.')
  if (code === 'FST_ERR_BAD_URL') return invalidRequest('The path holds a percent sign that encodes nothing.')
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return invalidRequest('A name in the path is longer than any can be.')
  // Anything else of this kind was found while the body was read.
  if (statusCode >= 400 && statusCode < 500) {
    return invalidRequest('The body is not a JSON object that can be read safely.')
  }
  return INTERNAL_ERROR
}

const STORE_UNAVAILABLE: Problem = {
  code: 'store_unavailable',
  detail: 'The store takes no writes or does not answer. Nothing is known to have changed. Ask again.',
}

const INTERNAL_ERROR: Problem = {
  code: 'internal_error',
  detail: 'The log has the cause under this request_id.',
}

const UNSUPPORTED_MEDIA_TYPE: Problem = {
  code: 'unsupported_media_type',
  detail: 'Send the body as application/json.',
}

const BODY_TOO_LARGE: Problem = {
  code: 'body_too_large',
  detail: 'A body may have 64 KiB, a declared set-up 1 MiB.',
}

function validationProblem(
  failures: readonly FastifySchemaValidationError[],
  context: FastifyError['validationContext'],
): Problem {
  const told = failures.filter((failure) => !isOfNoBody(failure))
  const places = (told.length > 0 ? told : failures).slice(0, MOST_PLACES).map((failure): ProblemPlace => {
    const pointer = pointerOf(failure)
    const detail = detailOf(failure)
    return context === 'querystring' ? { parameter: pointer.slice(1), detail } : { pointer, detail }
  })
  const [first] = places
  const name = first === undefined ? '' : 'pointer' in first ? first.pointer : first.parameter
  const subject = context === 'querystring' ? `The query parameter ${name}` : name === '' ? 'The body' : name
  return invalidRequest(`${subject} ${first?.detail ?? 'is not usable'}.`, ...places)
}

/** A body that may be left out is null or an object, and fails as both: what is wrong with the object is the news. */
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

/** With their articles. A whole body that is null was not sent. */
const typesIn = (types: unknown, place: string): readonly string[] =>
  [types].flat().map((type) => {
    if (type === 'null') return place === '' ? 'absent' : 'null'
    return `${/^[aeiou]/.test(String(type)) ? 'an' : 'a'} ${String(type)}`
  })
