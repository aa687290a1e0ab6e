const site: unknown = '__DRAGOMAN_SITE__'
console.debug(site)
