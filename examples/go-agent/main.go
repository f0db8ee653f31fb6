// Calls an API with the live token.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	client := http.Client{Transport: Transport{Socket: "run/agent.sock", Scope: "machinelearning.predict"}}
	response, err := client.Get(os.Getenv("API"))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	fmt.Println(response.StatusCode)
}
