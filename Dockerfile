# Three stages: build with everything, install what runs, copy both into a slim image.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npx vite build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The deno and node packages' install scripts are not needed: binaries come with their packages.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
# bubblewrap and util-linux (prlimit, setpriv) wrap the sandbox where the host allows it.
RUN apt-get update \
	&& apt-get install -y --no-install-recommends bubblewrap tini \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/build build
COPY package.json server.js ./
COPY drizzle drizzle
RUN mkdir storage && chown node:node storage
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 STORAGE_ROOT=/app/storage
USER node
VOLUME /app/storage
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
	CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# tini reaps what the sandbox leaves behind. Run with: --read-only --tmpfs /tmp -v raro:/app/storage
ENTRYPOINT ["tini", "--"]
CMD ["node", "server.js"]
