import type { OwnUser } from './acl/own-user.ts'

/** Who routers are where they count keys: whoever has this password learns the names of all keys, and what is kept under none. */
export const counterUser: OwnUser = {
  name: 'dbsvc_counter',
  commands: ['ping', 'hello', 'dbsize', 'scan'],
  keys: null,
  channels: null,
}
