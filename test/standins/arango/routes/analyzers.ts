import { z } from 'zod'
import { compareValues } from '../aql/values.ts'
import type { Analyzer } from '../database.ts'
import { fail } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'

const types = ['identity', 'delimiter', 'stem', 'norm', 'ngram', 'text', 'stopwords', 'segmentation'] as const
const shape = z.object({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,255}$/),
  type: z.enum(types),
  properties: z.looseObject({}).nullish(),
  features: z.array(z.enum(['frequency', 'norm', 'position', 'offset'])).default([]),
})

const builtIn: readonly Analyzer[] = [
  { name: 'identity', type: 'identity', properties: {}, features: ['frequency', 'norm'] },
  ...['de', 'en', 'es', 'fr', 'it', 'nl', 'pt', 'sv'].map((language) => ({
    name: `text_${language}`,
    type: 'text',
    properties: { locale: language, case: 'lower', stemming: true },
    features: ['frequency', 'norm', 'position'],
  })),
]

const one = '/_api/analyzer/:name'

export const analyzers: readonly Route[] = [
  route('GET', '/_api/analyzer', 'read', ({ database }) =>
    ok({ result: [...builtIn, ...database.analyzers.values()].map(describe) }),
  ),
  route('POST', '/_api/analyzer', 'write', create),
  route('GET', one, 'read', (call) => ok(describe(find(call)))),
  route('DELETE', one, 'write', (call) => {
    const { name } = find(call)
    if (!call.database.analyzers.delete(name)) fail(11, 'a built-in analyzer may not be removed')
    return ok({ name })
  }),
]

function create({ database, body }: Call): ReturnType<typeof ok> {
  const { name, type, properties, features } = body(shape)
  const analyzer: Analyzer = {
    name: `${database.name}::${name}`,
    type,
    properties: (properties ?? {}) as JsonObject,
    features,
  }
  const present = database.analyzers.get(analyzer.name)
  if (present !== undefined && compareValues(describe(present), describe(analyzer)) !== 0)
    fail(10, `analyzer '${name}' exists with another definition`)
  database.analyzers.set(analyzer.name, analyzer)
  return ok(describe(analyzer), present === undefined ? 201 : 200)
}

/** By its name with or without the database. Throws 1202 where there is none. */
function find({ database, param }: Call): Analyzer {
  const name = param('name')
  return (
    builtIn.find((analyzer) => analyzer.name === name) ??
    database.analyzers.get(name) ??
    database.analyzers.get(`${database.name}::${name}`) ??
    fail(1202, `analyzer '${name}' not found`)
  )
}

function describe({ features, ...analyzer }: Analyzer): JsonObject {
  return { ...analyzer, features: [...features] }
}
