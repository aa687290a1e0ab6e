// Icons of menus, on the grid of the others; the widget fetches them with its menu.

export const sound = 'M4 9.5v5h3l4.5 4v-13L7 9.5zM15 9a4.2 4.2 0 0 1 0 6M17.5 6.5a7.8 7.8 0 0 1 0 11'
export const mute = 'M4 9.5v5h3l4.5 4v-13L7 9.5zM15.5 9.5l5 5M20.5 9.5l-5 5'
export const end = 'M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM8.5 12.3l2.4 2.4 4.6-5'
export const keyboard = 'M3.5 6.5h17v11h-17zM7 10v.1M10.5 10v.1M14 10v.1M17 10v.1M8 14h8'
/** Two letters, large and small. */
export const letters = 'M3.5 18.5 8.5 6l5 12.5M5.2 14.5h6.6M14.5 18.5l3-7.5 3 7.5M15.5 16h4'
export const shield = 'M12 3.5 19 6v5.5c0 4.3-2.8 7.4-7 9-4.2-1.6-7-4.7-7-9V6zM9 12l2.2 2.2L15.2 10'
