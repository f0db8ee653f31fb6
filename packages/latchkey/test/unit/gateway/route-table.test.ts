// The API to which a path belongs. No other spelling of the path leads to another API.
import type { Scope } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { REFERENCE_APIS } from '../../../src/domain/reference-catalog.ts'
import { RouteTable } from '../../../src/gateway/route-table.ts'

const table = new RouteTable(REFERENCE_APIS)
const apiOf = (target: string): string | undefined => table.find(target)?.api.name

test.each([
  ['/customers/acme/ai/models', 'Models API'],
  ['/customers/acme/ai/models/sandbox-1/deployments', 'Models API'],
  ['/customers/acme/ai/deployments', 'Models API'],
  ['/ai/usecase', 'Use Case API'],
  ['/ai/prediction/summarization/sandbox-1', 'Prediction API'],
  ['/ai/prompt/passthrough/sandbox-1', 'Prediction API'],
  ['/ai/tokenization/sandbox-1', 'Prediction API'],
  ['/ai/async-prediction/5ad2b1b0-33d1-4a52-93c0-6a8b0f3d2a10', 'Async Prediction API'],
  ['/ai/async-chunking/sentence/sandbox-1', 'Async Chunking API'],
])('the path %s belongs to the API %s', (target, name) => {
  expect(apiOf(target)).toBe(name)
})

describe('the gateway forwards exactly the path that it checked', () => {
  test.each([
    ['/ai/usecase', '/ai/usecase', ''],
    ['/ai/usecase/', '/ai/usecase/', ''],
    ['/ai/usecase?a=/../b&a=%2f', '/ai/usecase', '?a=/../b&a=%2f'],
    ['/ai/%75secase', '/ai/usecase', ''],
    ['/ai/usecase/a%20b', '/ai/usecase/a%20b', ''],
    ['/ai/usecase/m%3A1@v,2', '/ai/usecase/m:1@v,2', ''],
    ['/ai/usecase/caf%c3%a9', '/ai/usecase/caf%C3%A9', ''],
    ['http://api.example.com/ai/usecase?a', '/ai/usecase', '?a'],
  ])('%s', (target, path, query) => {
    expect(table.find(target)).toMatchObject({ path, query })
  })
})

test.each([
  '/',
  '',
  '*',
  '/ai',
  '/ai/usecases',
  '/ai/predictions/x',
  '/customers/ai/models',
  '/customers/acme/ai/modelsx',
  '/customers//ai/models',
  '/AI/usecase',
  '/ai/UseCase',
  '//ai/usecase',
  '/ai//usecase',
  '/ai/usecase//x',
  '/ai/./usecase',
  '/ai/usecase/..',
  '/ai/usecase/../prediction/x',
  '/ai/usecase/%2e%2e/prediction',
  '/ai/usecase/%2E./prediction',
  '/ai/usecase/%252e%252e/prediction',
  '/ai/usecase/..%2fprediction',
  '/ai/usecase/a%2Fb',
  '/ai/usecase/a%5cb',
  '/ai/usecase\\..\\prediction',
  '/ai\\usecase',
  '/ai/usecase;x=1',
  '/ai;x/usecase',
  '/ai/usecase/a%3bb',
  '/ai/usecase/..;/prediction',
  '/ai/usecase/%00',
  '/ai/usecase/a%00.json',
  '/ai/usecase/a\u0000b',
  '/ai/usecase/a%0d%0ab',
  '/ai/usecase/%zz',
  '/ai/usecase/%',
  '/ai/usecase/%c0%ae%c0%ae/x',
  '/ai/usecase/%ef%bc%8e%ef%bc%8e/x',
  '/ai/usecase/a%ef%bc%8fb',
  '/ai/usecase/a%e2%80%8bb',
  '/ai/usecase/.../x',
  '/ai/usecase/..%20/x',
  '/ai/usecase#/../prediction',
  '/ai/usecase?a#b',
  'ai/usecase',
  'ftp://api.example.com/ai/usecase',
  'http:///ai/usecase',
  `/ai/usecase/${'a'.repeat(8192)}`,
])('the path %s belongs to no API', (target) => {
  expect(table.find(target)).toBeUndefined()
})

describe('of several matching patterns', () => {
  const api = (name: string, ...routes: string[]) => ({ name, scope: name as Scope, routes })
  const overlapping = new RouteTable([
    api('wide', '/x/**'),
    api('one', '/x/{any}/list'),
    api('admin', '/x/admin/**'),
    api('root', '/x/admin/{any}/top'),
    api('exact', '/x/exact'),
    api('home', '/'),
  ])
  const nameOf = (target: string): string | undefined => overlapping.find(target)?.api.name

  test.each([
    ['/', 'home'],
    ['/x', 'wide'],
    ['/x/a/b', 'wide'],
    ['/x/a/list', 'one'],
    ['/x/a/list/b', 'wide'],
    ['/x/admin', 'admin'],
    ['/x/admin/', 'admin'],
    ['/x/admin/list', 'admin'],
    ['/x/admin/a/top', 'root'],
    ['/x/%61dmin', 'admin'],
    ['/x/exact', 'exact'],
    ['/x/exact/', 'exact'],
    ['/x/exact/a', 'wide'],
  ])('the most specific one matches %s', (target, name) => {
    expect(nameOf(target)).toBe(name)
  })

  test.each(['/x/Admin', '/x/aDMIN/list', '/x/EXACT', '/x/a/LIST'])(
    'no pattern matches %s, because a server that ignores case would treat it as another route',
    (target) => {
      expect(nameOf(target)).toBeUndefined()
    },
  )
})
