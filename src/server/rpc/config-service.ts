import type { ServiceImpl } from '@connectrpc/connect'
import type { ConfigService } from '../contract/dbsvc/v1/config_pb.js'
import type { ConfigEntry } from '../operations/config.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { Answer } from './answer.ts'

/** A company's own configuration. */
export function configService(router: Router, answer: Answer): ServiceImpl<typeof ConfigService> {
  const { getConfig, listConfig, setConfig, unsetConfig } = router.operations
  return {
    getConfig: (message, context) =>
      answer(context, message, async (call) => ({
        entry: render(await perform(router, getConfig, call, { key: message.configKey })),
      })),
    listConfig: (message, context) =>
      answer(context, message, async (call) => ({
        entries: (await perform(router, listConfig, call, { prefix: message.prefix })).map(render),
      })),
    setConfig: (message, context) =>
      answer(context, message, async (call) => {
        const { configKey: key, configValue: json } = message
        return { entry: render(await perform(router, setConfig, call, { key, json })) }
      }),
    unsetConfig: (message, context) =>
      answer(context, message, (call) => perform(router, unsetConfig, call, { key: message.configKey })),
  }
}

const render = ({ key, json, updatedAt }: ConfigEntry) => ({ configKey: key, configValue: json, updatedAt })
