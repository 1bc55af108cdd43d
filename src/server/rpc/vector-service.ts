import type { ServiceImpl } from '@connectrpc/connect'
import type { VectorObject, VectorService } from '../contract/dbsvc/v1/vector_pb.js'
import { readDelete, readInsert, readSearch, readUpdate } from '../http/vector-body.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { FoundObject } from '../stores/vector-gateway.ts'
import type { Answer } from './answer.ts'
import { parseField } from './json-fields.ts'

/** Objects of a company's tenant in Weaviate. */
export function vectorService(router: Router, answer: Answer): ServiceImpl<typeof VectorService> {
  const { search, insert, update, delete: remove } = router.operations.vector
  return {
    similaritySearch: (message, context) =>
      answer(context, message, async (call) => {
        const asked = readSearch({
          class: message.class,
          tenant_filter: message.tenantFilter || undefined,
          vector: message.vector,
          limit: message.limit || undefined,
          certainty: message.certainty,
          properties: message.properties.length === 0 ? undefined : message.properties,
          include_vector: message.includeVector,
        })
        return { objects: (await perform(router, search, call, asked)).map(render) }
      }),
    insertObjects: (message, context) =>
      answer(context, message, async (call) => {
        const asked = readInsert({ class: message.class, objects: message.objects.map(bodyOf) })
        return { ids: [...(await perform(router, insert, call, asked))] }
      }),
    updateObject: (message, context) =>
      answer(context, message, async (call) => {
        const object = message.object === undefined ? undefined : bodyOf(message.object)
        await perform(router, update, call, readUpdate({ class: message.class, object }))
        return {}
      }),
    deleteObjects: (message, context) =>
      answer(context, message, async (call) => {
        const asked = readDelete({ class: message.class, ids: message.ids })
        return { deleted: BigInt(await perform(router, remove, call, asked)) }
      }),
  }
}

/** As the JSON door has it; what is empty is left out. */
const bodyOf = ({ id, propertiesJson, vector }: VectorObject) => ({
  id: id || undefined,
  properties: parseField('properties_json', propertiesJson),
  vector: vector.length === 0 ? undefined : vector,
})

const render = ({ id, properties, vector, certainty, distance }: FoundObject) => ({
  id,
  propertiesJson: JSON.stringify(properties),
  vector: [...(vector ?? [])],
  certainty: certainty ?? 0,
  distance: distance ?? 0,
})
