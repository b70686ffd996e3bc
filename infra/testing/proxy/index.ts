import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands before a Postgres and breaks connections at chosen moments. */
export class CuttingProxy {
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined
  private port = 0
  /** Answers to let through before some get lost. */
  private before = 0
  private losses = 0

  constructor(private readonly url: string) {}

  /** @returns the connection string that leads through it */
  async up(): Promise<string> {
    const url = new URL(this.url)
    const target = Number(url.port)
    this.server = createServer((client) => this.join(client, connect(target, '127.0.0.1'))).listen(
      this.port,
      '127.0.0.1',
    )
    await once(this.server, 'listening')
    this.port = (this.server.address() as { port: number }).port
    url.port = String(this.port)
    return url.href
  }

  /** Cuts all connections and takes no new ones. */
  async down(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.server?.close()
  }

  /**
   * Lets requests through, but the connection breaks instead of what Postgres says to the next one, or to one that is `after` answers later;
   * and so again with the following ones, `times` in all.
   */
  loseAnswer({ after = 0, times = 1 } = {}): void {
    this.before = after
    this.losses = times
  }

  private join(client: Socket, server: Socket): void {
    client.on('data', (data) => server.write(data))
    server.on('data', (data) => {
      if (this.losses > 0 && this.before-- <= 0) {
        this.losses--
        client.destroy()
        return
      }
      client.write(data)
    })
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.sockets.delete(socket)
        other.destroy()
      })
    }
  }
}
