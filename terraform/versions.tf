terraform {
  # 1.11: state locking on S3 alone (use_lockfile), and write-only arguments.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Filled by env/<environment>.s3.tfbackend.
  backend "s3" {}
}
