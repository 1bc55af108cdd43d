import type { ArangoDatabase } from '../connection/database.ts'
import { refusalBehind, refusedBecause } from '../connection/failure.ts'
import { differencesBetween } from './json.ts'
import { analyzerType, dropAnalyzer } from './objects/analyzer.ts'
import { changeCollection, collectionType, dropCollection } from './objects/collection.ts'
import { dropIndex, indexType } from './objects/collection-index.ts'
import { collectionsOf, dropGraph, graphType, readGraphs } from './objects/graph.ts'
import type { ObjectType } from './objects/object-type.ts'
import { dropView, viewType } from './objects/view.ts'
import type { Operation } from './operation.ts'

/**
 * Does one operation. What is to be made and is there already counts as done where it is just what was asked for; what is to be
 * removed and is not there, only with `inDoubt`. @throws DBS-1107 naming what is different or missing
 */
export async function perform(database: ArangoDatabase, operation: Operation, inDoubt: boolean): Promise<void> {
  const mayBeGone = (what: string, wasThere: boolean): void => {
    if (!wasThere && !inDoubt) throw refusedBecause(database.place, `there is no ${what} in ${database.name}`)
  }
  switch (operation.name) {
    case 'createCollection':
      return create(database, collectionType, operation.asked)
    case 'createIndex':
      return create(database, indexType, operation.asked)
    case 'createGraph':
      return create(database, graphType, operation.asked)
    case 'createAnalyzer':
      return create(database, analyzerType, operation.asked)
    case 'createView':
      return create(database, viewType, operation.asked)
    case 'changeCollection': {
      const { name } = operation.asked
      if (await changeCollection(database, operation.asked)) return
      throw refusedBecause(database.place, `there is no collection ${name} in ${database.name}`)
    }
    case 'dropCollection': {
      const { name } = operation.asked
      await refuseWhileInGraph(database, name)
      return mayBeGone(`collection ${name}`, await dropCollection(database, name))
    }
    case 'dropIndex': {
      const { collection, name } = operation.asked
      return mayBeGone(`index ${name} of ${collection}`, await dropIndex(database, collection, name))
    }
    case 'dropGraph':
      return mayBeGone(`graph ${operation.asked.name}`, await dropGraph(database, operation.asked.name))
    case 'dropAnalyzer':
      return mayBeGone(`analyzer ${operation.asked.name}`, await dropAnalyzer(database, operation.asked.name))
    case 'dropView':
      return mayBeGone(`view ${operation.asked.name}`, await dropView(database, operation.asked.name))
  }
}

async function create<Asked>(database: ArangoDatabase, type: ObjectType<Asked>, asked: Asked): Promise<void> {
  try {
    await type.create(database, asked)
  } catch (error) {
    // Refused, and not for being there: the refusal stands. The server's word for "exists" differs from thing to thing.
    const found = await type.find(database, asked).catch((lost: unknown) => {
      // Where the server was lost while it was asked, its refusal may only have meant that the thing is there.
      throw refusalBehind(error) === undefined ? error : lost
    })
    if (found === null) throw error
    const differences = differencesBetween(type.comparable(asked), found)
    if (differences.length === 0) return
    const what = `${type.describe(asked)} is in ${database.name} already`
    throw refusedBecause(database.place, `${what}, and is another one: ${differences.join('; ')}`)
  }
}

/** The server would drop it, and leave a graph that names what is not there. */
async function refuseWhileInGraph(database: ArangoDatabase, name: string): Promise<void> {
  const users = (await readGraphs(database)).filter((graph) => collectionsOf(graph).includes(name))
  if (users.length === 0) return
  const names = users.map((graph) => graph.name).join(', ')
  throw refusedBecause(database.place, `collection ${name} is part of graph ${names}; drop that first`)
}
