"""What people read and send: the API's page and its example requests, made from modules/api/openapi.yaml."""
