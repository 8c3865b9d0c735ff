provider "aws" {
  region            = var.region
  s3_use_path_style = var.s3_use_path_style

  default_tags {
    tags = {
      Project     = var.project
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

# The same provider under a second name, for what is made in memory: terraform test refuses to mock a provider that has
# ephemeral resources, and so everything else can be mocked.
provider "aws" {
  alias  = "in_memory"
  region = var.region
}
