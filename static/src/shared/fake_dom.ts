// As much of a document as Preact draws into: for tests that count what is drawn, without a browser. Nothing is laid out, painted or selected.

/** A node of the fake document: an element, or a text, whose `localName` is undefined. */
export class FakeNode {
  readonly attributes = new Map<string, string>()
  readonly childNodes: FakeNode[] = []
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml'
  readonly ownerDocument = fakeDocument
  readonly style: Record<string, string> = {}
  parentNode: FakeNode | null = null

  constructor(
    readonly localName: string | undefined,
    public data = '',
  ) {}

  get nodeType(): number {
    return this.localName ? 1 : 3
  }

  get firstChild(): FakeNode | null {
    return this.childNodes[0] ?? null
  }

  get nextSibling(): FakeNode | null {
    const among = this.parentNode?.childNodes ?? []
    return among[among.indexOf(this) + 1] ?? null
  }

  get textContent(): string {
    return this.data + this.childNodes.map((c) => c.textContent).join('')
  }

  insertBefore(node: FakeNode, before: FakeNode | null): FakeNode {
    node.remove()
    const at = before ? this.childNodes.indexOf(before) : -1
    this.childNodes.splice(at < 0 ? this.childNodes.length : at, 0, node)
    node.parentNode = this
    return node
  }

  removeChild(node: FakeNode): FakeNode {
    node.remove()
    return node
  }

  remove(): void {
    const among = this.parentNode?.childNodes
    among?.splice(among.indexOf(this), 1)
    this.parentNode = null
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, String(value))
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name)
  }

  addEventListener(): void {}

  removeEventListener(): void {}
}

const fakeDocument = {
  createElement: (name: string) => new FakeNode(name),
  createElementNS: (_: string, name: string) => new FakeNode(name),
  createTextNode: (data: string) => new FakeNode(undefined, data),
}
