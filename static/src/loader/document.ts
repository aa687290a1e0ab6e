/**
 * A property of the document itself. The page's own may stand in front of it: an element with that name (`<img name="title">`), which may also be what somebody has written
 * into a review. It must not choose what server the chat comes from, nor keep it from starting.
 */
export const ofDocument = <K extends keyof Document>(name: K): Document[K] =>
  Reflect.get(Document.prototype, name, document)
