import type { IncomingMessage, ServerResponse } from 'node:http'
import { CacheConfigError, type CacheManager } from '@cachesmith/core'
import { type Asset, readAssets } from './assets.js'
import { checkHost, checkOrigin } from './guard.js'
import { checkOptions, type InspectorOptions } from './options.js'
import { Refused } from './refused.js'
import { reply, replyError, replyJson } from './reply.js'
import { routesOf } from './routes.js'
import { bearerOf, newToken } from './token.js'

/** A listener for the requests of a `node:http` server, under any prefix. */
export interface Inspector {
  (request: IncomingMessage, response: ServerResponse): void
  /** What a caller of the interface has to send as `Authorization: Bearer …`, and the page is opened with: `/#token=…`. */
  readonly token: string
}

/** A page and a JSON interface to look into the caches of a manager. It serves nothing by itself: mount it, or use `serveInspector`. */
export function inspector(caches: CacheManager, options: InspectorOptions = {}): Inspector {
  if (typeof caches?.stats !== 'function' || typeof caches.cache !== 'function')
    throw new CacheConfigError('inspector: its first argument is a manager, as createCacheManager() answers it.')
  checkOptions(options, 'inspector')
  const { token = newToken(), values = false, hosts = [] } = options
  const isBearer = bearerOf(token)
  const routes = routesOf(caches, values)
  const assets = readAssets()

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkHost(request, hosts)
    const { name, query, api } = targetOf(request)
    if (!api) return serveAsset(assets, name, request, response)
    checkOrigin(request)
    if (!isBearer(request.headers.authorization))
      throw new Refused(401, 'TOKEN', 'Send the token of the inspector as Authorization: Bearer …', {
        'www-authenticate': 'Bearer',
      })
    replyJson(response, 200, await routes(name, query, request))
  }

  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => replyError(response, error))
  }
  return Object.assign(listen, { token })
}

interface Target {
  /** The route behind `/api/`, or the last step of the path. */
  readonly name: string
  readonly query: string
  readonly api: boolean
}

/** Only the end of a path counts: what stands before it is where the handler is mounted, and a framework may have cut it off. */
function targetOf(request: IncomingMessage): Target {
  const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/'
  const cut = url.search(/[?#]|$/)
  const path = url.slice(0, cut)
  const query = url.slice(cut + 1)
  const api = path.lastIndexOf('/api/')
  return api < 0
    ? { name: path.slice(path.lastIndexOf('/') + 1), query, api: false }
    : { name: path.slice(api + '/api/'.length), query, api: true }
}

function serveAsset(
  assets: ReadonlyMap<string, Asset>,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refused(405, 'METHOD', 'The page takes GET.', { allow: 'GET, HEAD' })
  const asset = assets.get(name === '' ? 'index.html' : name)
  if (asset !== undefined)
    return reply(response, 200, { 'content-type': asset.type, 'cache-control': 'no-cache' }, asset.bytes)
  if (!/^[\w~%-]+$/.test(name)) throw new Refused(404, 'ROUTE', 'There is no such file.')
  // The mount itself, without its slash: the page's addresses are relative to the one with it.
  reply(response, 302, { location: `./${name}/` }, '')
}
