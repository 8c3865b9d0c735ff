"""Whether modules/api/openapi.yaml breaks clients of the released contract: then its major version must move."""
