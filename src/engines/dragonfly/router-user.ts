import type { OwnUser } from './acl/own-user.ts'

/** What routers keep stands outside of every company's key space, and what they tell each other outside of its channels. */
export const responsePrefix = 'dbsvc:response:'
export const changesChannel = 'dbsvc:changes'

/** Who routers are for their cache: whoever has this password reaches responses, and neither companies' keys nor the server. */
export const routerUser: OwnUser = {
  name: 'dbsvc_router',
  commands: ['ping', 'hello', 'time', 'get', 'set', 'publish', 'subscribe', 'unsubscribe'],
  keys: `~${responsePrefix}*`,
  channels: `&${changesChannel}`,
}
