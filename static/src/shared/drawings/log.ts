// Icons of conversations, on the grid of the others; the widget fetches them with its log.

export const checks = 'M2.5 12.8l4 4L15 8M10.5 15.6l1.3 1.2L20.5 8'
export const thumbDown =
  'M7.5 4.5h9.1a1.6 1.6 0 0 1 1.6 1.3l1.1 5.4a1.6 1.6 0 0 1-1.6 1.9h-4.4l.7 4.2a1.8 1.8 0 0 1-3.4 1.1L7.5 13zM7.5 4.5H4.4V13h3.1'
