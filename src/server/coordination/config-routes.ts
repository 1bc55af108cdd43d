import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { callOf } from '../http/app.ts'
import { read } from '../http/read.ts'
import type { ConfigEntry, configOperations } from '../operations/config.ts'
import { type Pipeline, perform } from '../perform.ts'

const params = z.object({ config_key: z.string() })
export const configListing = z.object({ prefix: z.string().default('') })
export const configSetting = z.strictObject({
  config_value: z.unknown().refine((value) => value !== undefined, 'is missing'),
})

/** The company's configuration over JSON: values are JSON as they are, numbers to the last digit. */
export function addConfigRoutes(
  app: FastifyInstance,
  pipeline: Pipeline,
  operations: ReturnType<typeof configOperations>,
): void {
  const { getConfig, listConfig, setConfig, unsetConfig } = operations
  app.get('/v1/config', async (request, reply) => {
    const entries = await perform(pipeline, listConfig, callOf(request), read(configListing, request.query))
    return reply.type('application/json').send(`{"entries":[${entries.map(render).join(',')}]}`)
  })
  app.get('/v1/config/:config_key', async (request, reply) => {
    const { config_key: key } = read(params, request.params)
    const entry = await perform(pipeline, getConfig, callOf(request), { key })
    return reply.type('application/json').send(`{"entry":${render(entry)}}`)
  })
  app.put('/v1/config/:config_key', async (request, reply) => {
    const { config_key: key } = read(params, request.params)
    const { config_value: value } = read(configSetting, request.body)
    const entry = await perform(pipeline, setConfig, callOf(request), { key, json: JSON.stringify(value) })
    return reply.type('application/json').send(`{"entry":${render(entry)}}`)
  })
  app.delete('/v1/config/:config_key', async (request) => {
    const { config_key: key } = read(params, request.params)
    return perform(pipeline, unsetConfig, callOf(request), { key })
  })
}

const render = ({ key, json, updatedAt }: ConfigEntry): string =>
  `{"config_key":${JSON.stringify(key)},"config_value":${json},"updated_at":${JSON.stringify(updatedAt)}}`
