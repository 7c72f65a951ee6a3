# Purser as an image: the compiled program with its production packages, run by a user without rights.
#   docker build -t purser .      docker run --rm purser --help

FROM node:20-slim AS build
WORKDIR /opt/purser
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workers ./workers
RUN npm run build

FROM node:20-slim AS packages
WORKDIR /opt/purser
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
RUN npm ci --omit=dev

FROM node:20-slim
ENV NODE_ENV=production PURSER_STATE_DIR=/var/lib/purser
COPY --from=packages /opt/purser/node_modules /opt/purser/node_modules
COPY --from=build /opt/purser/dist /opt/purser/dist
COPY package.json /opt/purser/
COPY bin /opt/purser/bin
COPY policies /opt/purser/policies
# The configuration and the policies are mounted into /purser; the state directory is the only place that is written.
RUN ln -s /opt/purser/bin/purser.mjs /usr/local/bin/purser \
 && install -d -o node -g node /purser /var/lib/purser
WORKDIR /purser
USER node
ENTRYPOINT ["purser"]
CMD ["--help"]
