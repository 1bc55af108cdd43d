import type { Database } from 'arangojs'
import type { Graph } from 'arangojs/graphs'
import { beforeAll, expect, test } from 'vitest'
import { arangoDatabase } from '../../support/arango.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { describeEngine } from '../../support/engines.ts'

describeEngine('arango', 'named graphs and traversals', () => {
  let database: Database
  let network: Graph

  beforeAll(async () => {
    database = await arangoDatabase()
    const definition = { collection: 'follows', from: ['traders'], to: ['traders'] }
    network = await database.createGraph('network', [definition])
    const traders = network.vertexCollection('traders')
    for (const _key of ['a', 'b', 'c', 'd', 'e']) await traders.save({ _key })
    const follows = network.edgeCollection('follows')
    for (const [from, to, weight] of [
      ['a', 'b', 1],
      ['b', 'c', 2],
      ['c', 'd', 3],
      ['a', 'c', 4],
      ['d', 'a', 5],
    ] as const)
      await follows.save({ _key: `${from}${to}`, _from: `traders/${from}`, _to: `traders/${to}`, weight })
  })

  const keys = async (query: string, bindVars = {}): Promise<string[]> => (await database.query(query, bindVars)).all()

  test('a graph makes its collections, is listed and is made once', async () => {
    expect((await database.listGraphs()).map(({ name }) => name)).toEqual(['network'])
    expect(await network.get()).toMatchObject({ edgeDefinitions: [{ collection: 'follows', from: ['traders'] }] })
    expect(await database.collection('follows').get()).toMatchObject({ type: 3 })
    expect(await refusal(database.createGraph('network', []))).toEqual([409, 1925])
    expect(await database.graph('missing').exists()).toBe(false)
    const other = { collection: 'follows', from: ['traders'], to: ['assets'] }
    expect(await refusal(database.createGraph('other', [other]))).toEqual([400, 1921])
    const twice = { collection: 'knows', from: ['traders'], to: ['traders'] }
    expect(await refusal(database.createGraph('other', [twice, twice]))).toEqual([400, 1920])
  })

  test('an edge needs two ends that exist, in the collections of its definition', async () => {
    const follows = network.edgeCollection('follows')
    expect(await refusal(follows.save({ _from: 'traders/a', _to: 'traders/missing' }))).toEqual([404, 1202])
    expect(await refusal(follows.save({ _from: 'traders/a', _to: 'others/x' }))).toEqual([400, 1947])
    expect(await refusal(follows.save({ _from: 'traders/a' } as never))).toEqual([400, 1233])
    expect(await refusal(database.collection('follows').save({ _from: 'no id', _to: 'traders/a' }))).toEqual([
      400, 1233,
    ])
  })

  test('a vertex that is removed takes its edges with it', async () => {
    await network.vertexCollection('traders').save({ _key: 'x' })
    await network.edgeCollection('follows').save({ _key: 'ax', _from: 'traders/a', _to: 'traders/x' })
    await network.vertexCollection('traders').remove('x')
    expect(await network.edgeCollection('follows').edgeExists('ax')).toBe(false)
  })

  test('edges and vertices are read, changed and replaced', async () => {
    const follows = network.edgeCollection('follows')
    await follows.update('ab', { note: 'kept' })
    expect(await follows.edge('ab')).toMatchObject({ weight: 1, note: 'kept', _from: 'traders/a' })
    expect(await refusal(follows.edge('missing'))).toEqual([404, 1202])
    const traders = network.vertexCollection('traders')
    expect(await traders.update('e', { risk: 1 }, { returnNew: true })).toMatchObject({ new: { risk: 1 } })
    expect(await traders.vertex('e')).toMatchObject({ risk: 1 })
    expect(await refusal(network.vertexCollection('follows').vertex('ab'))).toEqual([404, 1926])
  })

  test('definitions and orphans come and go', async () => {
    await network.addVertexCollection('assets')
    expect(await network.listVertexCollections()).toEqual(['assets', 'traders'])
    await network.addEdgeDefinition({ collection: 'holds', from: ['traders'], to: ['assets'] })
    expect(await network.listEdgeCollections()).toEqual(['follows', 'holds'])
    await network.removeEdgeDefinition('holds', true)
    expect(await database.collection('holds').exists()).toBe(false)
    await network.removeVertexCollection('assets', true)
    expect(await network.listVertexCollections()).toEqual(['traders'])
  })

  test('a traversal follows edges of a graph or of edge collections, to a depth', async () => {
    const outbound = 'FOR v IN 1..1 OUTBOUND @start GRAPH "network" SORT v._key RETURN v._key'
    expect(await keys(outbound, { start: 'traders/a' })).toEqual(['b', 'c'])
    expect(await keys('FOR v IN INBOUND "traders/a" follows RETURN v._key')).toEqual(['d'])
    expect(await keys('FOR v IN 1..1 ANY "traders/a" follows SORT v._key RETURN v._key')).toEqual(['b', 'c', 'd'])
    const deep =
      'FOR v, e, p IN 2..3 OUTBOUND "traders/a" GRAPH network OPTIONS {order: "bfs"} RETURN CONCAT_SEPARATOR("", p.vertices[*]._key)'
    expect((await keys(deep)).sort()).toEqual(['abc', 'abcd', 'acd', 'acda'])
    expect(await keys('FOR v IN 0..0 OUTBOUND "traders/a" follows RETURN v._key')).toEqual(['a'])
  })

  test('a traversal can be filtered by its path, pruned, and see each vertex once', async () => {
    const heavy = 'FOR v, e, p IN 1..3 OUTBOUND "traders/a" follows FILTER p.edges[*].weight ALL < 4 RETURN v._key'
    expect((await keys(heavy)).sort()).toEqual(['b', 'c', 'd'])
    const pruned = 'FOR v IN 1..5 OUTBOUND "traders/a" follows PRUNE v._key == "c" RETURN v._key'
    expect((await keys(pruned)).sort()).toEqual(['b', 'c', 'c'])
    const once =
      'FOR v IN 1..9 OUTBOUND "traders/a" follows OPTIONS {order: "bfs", uniqueVertices: "global"} RETURN v._key'
    expect((await keys(once)).sort()).toEqual(['b', 'c', 'd'])
  })

  test('a traversal from nowhere finds nothing', async () => {
    expect(await keys('FOR v IN 1..2 OUTBOUND "traders/missing" follows RETURN v')).toEqual([])
    expect(await refusal(database.query('FOR v IN 1..2 OUTBOUND "traders/a" GRAPH "missing" RETURN v'))).toEqual([
      404, 1924,
    ])
  })

  test('a graph is dropped, with its collections when asked', async () => {
    const graph = await database.createGraph('short', [{ collection: 'likes', from: ['people'], to: ['people'] }])
    await graph.drop()
    expect(await database.collection('people').exists()).toBe(true)
    await (await database.createGraph('short', [{ collection: 'likes', from: ['people'], to: ['people'] }])).drop(true)
    expect(await database.collection('people').exists()).toBe(false)
    expect(await refusal(graph.drop())).toEqual([404, 1924])
  })
})
