import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Asked, Operation } from '../migration/operation.ts'
import type { Place } from './place.ts'

export interface ModelCollection {
  readonly asked: Asked<'createCollection'>
  readonly indexes: Map<string, Asked<'createIndex'>>
  readonly madeAt: Place
}

/** What the migrations of a scope have made up to one of them. What code makes is not in it. */
export class Model {
  readonly scope: ProjectScope
  readonly collections = new Map<string, ModelCollection>()
  readonly graphs = new Map<string, Asked<'createGraph'>>()

  constructor(scope: ProjectScope) {
    this.scope = scope
  }

  /** Whether a collection was made by an earlier migration than this one, or by code: so that it may have documents, and users. */
  isInUse(name: string, { migration }: Place): boolean {
    return this.collections.get(name)?.madeAt.migration !== migration
  }

  apply(place: Place): void {
    const { operation } = place.defined
    const change = changes[operation.name] as (model: Model, asked: Operation['asked'], place: Place) => void
    change(this, operation.asked, place)
  }
}

type Changes = { readonly [Name in Operation['name']]: (model: Model, asked: Asked<Name>, place: Place) => void }

const nothing = (): void => {}

const changes: Changes = {
  createCollection: ({ collections }, asked, madeAt) =>
    void collections.set(asked.name, { asked, indexes: new Map(), madeAt }),
  changeCollection({ collections }, { name, ...change }) {
    const present = collections.get(name)
    if (present === undefined) return
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    collections.set(name, { ...present, asked: { ...present.asked, ...given } })
  },
  dropCollection: ({ collections }, { name }) => void collections.delete(name),
  createIndex: ({ collections }, asked) => void collections.get(asked.collection)?.indexes.set(asked.name, asked),
  dropIndex: ({ collections }, { collection, name }) => void collections.get(collection)?.indexes.delete(name),
  createGraph: ({ graphs }, asked) => void graphs.set(asked.name, asked),
  dropGraph: ({ graphs }, { name }) => void graphs.delete(name),
  createAnalyzer: nothing,
  dropAnalyzer: nothing,
  createView: nothing,
  dropView: nothing,
}
