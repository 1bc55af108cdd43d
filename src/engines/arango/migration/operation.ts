import { z } from 'zod'
import { analyzerShape } from './objects/analyzer.ts'
import { collectionChangeShape, collectionShape } from './objects/collection.ts'
import { indexShape } from './objects/collection-index.ts'
import { graphShape } from './objects/graph.ts'
import { named, objectName } from './objects/names.ts'
import { viewShape } from './objects/view.ts'

/** What a .json migration may ask for, by the member that names it. Each is one request that changes something. */
export const operationShapes = {
  createCollection: collectionShape,
  changeCollection: collectionChangeShape,
  dropCollection: named,
  createIndex: indexShape,
  dropIndex: z.strictObject({ collection: objectName, name: objectName }),
  createGraph: graphShape,
  dropGraph: named,
  createAnalyzer: analyzerShape,
  dropAnalyzer: named,
  createView: viewShape,
  dropView: named,
} as const

export type OperationName = keyof typeof operationShapes

export type Asked<Name extends OperationName> = z.output<(typeof operationShapes)[Name]>

export type Operation = {
  readonly [Name in OperationName]: { readonly name: Name; readonly asked: Asked<Name> }
}[OperationName]

/** Reasons by lint rule, for what is meant as it is. */
export type Allowances = Readonly<Record<string, string>>

export const allowances = z.record(z.string().min(1), z.string().trim().min(1, 'a reason is needed'))
